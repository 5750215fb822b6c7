# make run: build and open the sample stream.  make test: all tests.  make help: the rest.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

BUILD := .build
PROGRAM := $(BUILD)/release/migscope
# What ArgumentParser wants of Foundation, which is 5 MB: see the file.
SLIM := $(BUILD)/slim/FoundationEssentials.o
SAMPLE := $(BUILD)/sample/sample-q35-10.0.mig
SAMPLE_PACKED := Tests/CoreTests/Fixtures/sample-q35-10.0.mig.xz
FORMATTED := Package.swift Sources Tests Fuzz

TO_BUILD := git:git binutils:readelf ca-certificates libncursesw5-dev zlib1g-dev libbz2-dev liblzma-dev libzstd-dev liblzo2-dev liblz4-dev libre2-dev libstdc++-12-dev
TO_UNPACK := xz-utils:xz
TO_TEST := tmux:tmux procps:ps binutils:readelf gdb:gdb python3:python3
TO_PICTURE := tmux:tmux python3:python3 python3-pil fonts-dejavu-core xz-utils:xz

FUZZ_SECONDS ?= 300
BLACKBOX_RUNS ?= 2000

share := $(DESTDIR)$(PREFIX)/share

.PHONY: help run release sample test check-format format bench fuzz blackbox screenshots man install uninstall \
    check-install deb dist clean

help:
	@echo 'make run           install what is missing, build a release, open the sample stream'
	@echo 'make test          install what tests need, check format and arithmetic, run all tests'
	@echo 'make release       build $(PROGRAM)'
	@echo 'make install       into PREFIX=$(PREFIX): program, man page, completions (also: make uninstall)'
	@echo 'make deb           a Debian package in $(BUILD);  make dist: an archive of the program, which needs only the C library and ncurses'
	@echo 'make check-install run the release where no toolchain is: in a bare chroot, as root'
	@echo 'make bench         measure first screen, memory and search, and the ratio to analyze-migration.py'
	@echo 'make fuzz          let libFuzzer change inputs of each kind, FUZZ_SECONDS=$(FUZZ_SECONDS) in all'
	@echo 'make blackbox      run all commands on damaged streams, BLACKBOX_RUNS=$(BLACKBOX_RUNS) times'
	@echo 'make screenshots   make the pictures of the README again'
	@echo 'make man           put the lists of keys and codes into the man page again'
	@echo 'make format        format the sources'
	@echo 'make clean         remove $(BUILD)'

run: release sample
	@$(PROGRAM) $(SAMPLE)

# SwiftPM compiles and links; it is linked again as SwiftPM can't: with the stand-in for Foundation before all
# libraries, compressors static, without a run-path, names or padding. Nothing of debug information would be left.
release: $(SLIM)
	@.ci/install-packages $(TO_BUILD)
	$(SWIFT) build --configuration release --product migscope --static-swift-stdlib -Xswiftc -use-ld=lld \
	    -debug-info-format none
	@.ci/link-release $(SLIM) $(BUILD)/release/migscope.product/Objects.LinkFileList $(PROGRAM)

$(SLIM): .ci/slim/FoundationEssentials.swift
	@mkdir -p $(@D)
	swiftc -O -parse-as-library -module-name FoundationEssentials -emit-object $< -o $@

sample: $(SAMPLE)

$(SAMPLE): $(SAMPLE_PACKED)
	@.ci/install-packages $(TO_UNPACK)
	@mkdir -p $(@D)
	xz --decompress --stdout $< > $@.part
	@mv $@.part $@

# In CI the compiler names what takes it long, in milliseconds of its own time; as any warning, that is an error.
# Not elsewhere: other flags would build all anew.
GUARD := $(if $(CI),$(foreach flag,-warn-long-expression-type-checking=300 -warn-long-function-bodies=500,\
    -Xswiftc -Xfrontend -Xswiftc $(flag)))

# A crash in a test must show as a crash, not as a minute of symbolication.
test: export SWIFT_BACKTRACE = enable=no
test: check-format
	@.ci/install-packages $(TO_BUILD) $(TO_UNPACK) $(TO_TEST)
	@.ci/without-warnings $(SWIFT) build --build-tests $(GUARD)
	@.ci/arithmetic
	$(SWIFT) test --skip-build --disable-xctest

check-format:
	$(SWIFT) format lint --strict --recursive $(FORMATTED)

format:
	$(SWIFT) format format --in-place --recursive $(FORMATTED)

bench: release sample
	@.ci/install-packages python3:python3 $(TO_UNPACK)
	python3 Benchmarks/bench.py --program $(PROGRAM) --sample $(SAMPLE) --output Benchmarks/RESULTS.md

fuzz:
	@.ci/install-packages $(TO_BUILD) $(TO_UNPACK) python3:python3
	Fuzz/run $(FUZZ_SECONDS) $(BUILD)/fuzz

blackbox: release
	@.ci/install-packages python3:python3
	Fuzz/blackbox.py --runs $(BLACKBOX_RUNS) $(PROGRAM) Tests/CoreTests/Fixtures/*.xz

screenshots: release sample
	@.ci/install-packages $(TO_PICTURE)
	/usr/bin/python3 screenshots/make.py

# The keys and the codes of findings in the man page are the program's own lists.
man: release
	$(PROGRAM) keys --man > $(BUILD)/keys.man
	$(PROGRAM) explain --man > $(BUILD)/codes.man
	for list in keys codes; do \
		sed -i -e "/$$list: begin/,/$$list: end/{/$$list: begin/r $(BUILD)/$$list.man" -e "/$$list: /!d}" \
			man/migscope.1; \
	done

# No dependency on release: `sudo make install` must not build as root.
install:
	@test -x $(PROGRAM) || { echo 'no $(PROGRAM); try: make release' >&2; exit 1; }
	@! grep -q 'libswiftCore\.so' $(PROGRAM) || { echo '$(PROGRAM) needs a toolchain; try: make release' >&2; exit 1; }
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/migscope
	install -D -m 644 man/migscope.1 $(share)/man/man1/migscope.1
	install -d $(share)/bash-completion/completions $(share)/zsh/site-functions $(share)/fish/vendor_completions.d
	$(PROGRAM) --generate-completion-script bash > $(share)/bash-completion/completions/migscope
	$(PROGRAM) --generate-completion-script zsh > $(share)/zsh/site-functions/_migscope
	$(PROGRAM) --generate-completion-script fish > $(share)/fish/vendor_completions.d/migscope.fish

# In a bare chroot as root: what is installed needs no toolchain.
check-install: release sample
	@.ci/check-install $(PROGRAM) $(SAMPLE)

# The newest release in CHANGELOG.md gives the day, the program the version.
VERSION = $(shell sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/migscope/Support/Program.swift)
DAY = $(shell sed -n 's/^## [0-9][0-9.]* - \([0-9-]*\)$$/\1/p' CHANGELOG.md | head -n 1)

deb: release
	@.ci/install-packages dpkg-dev:dpkg-shlibdeps $(TO_UNPACK)
	@packaging/make-package deb $(PROGRAM) $(VERSION) $(DAY) $(BUILD)

dist: release
	@.ci/install-packages binutils:readelf $(TO_UNPACK)
	@packaging/make-package dist $(PROGRAM) $(VERSION) $(DAY) $(BUILD)

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/migscope $(share)/man/man1/migscope.1 \
	    $(share)/bash-completion/completions/migscope $(share)/zsh/site-functions/_migscope \
	    $(share)/fish/vendor_completions.d/migscope.fish

clean:
	rm -rf $(BUILD)
