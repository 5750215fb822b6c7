import Bytes
import Diagnose
import Testing

/// Words of hosts, libvirt and managers as reports have them: what is said first, and what is tried.
@Suite struct PublicReportTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var text: String
        var code: FindingCode
        /// A part of the advice.
        var advice: String
        var isSure = true
        var testDescription: String { text }
    }

    private static let samples: [Sample] = [
        Sample(
            text:
                "virsh snapshot-revert a b\nerror: revert requires force: Target domain disk count 2 does not match source 1",
            code: .libvirtABI, advice: "--force if"),
        Sample(
            text:
                "error: Failed to restore domain from a\nerror: Cannot access storage file '/a/disk.0' (as uid:9, gid:9): No such file or directory",
            code: .fileMissing, advice: "save-image-edit"),
        Sample(
            text:
                "TASK ERROR: storage migration failed: command 'udevadm settle' failed: exit code 1\nqm move vm-100",
            code: .libvirtStorage,
            advice: "target's storage", isSure: false),
        Sample(text: "qemu-system-x86_64: Failed to peek at channel", code: .socket, advice: "source's log"),
        Sample(
            text: "live migration\nkernel: drbd a/0 drbd1000: quorum( yes -> no ) [down]",
            code: .libvirtStorage,
            advice: "replica", isSure: false),
        Sample(
            text: "qemu-system-x86_64: invalid runstate transition: 'inmigrate' -> 'debug'",
            code: .machineSetup,
            advice: "debugger"),
        Sample(
            text: "Live Migration failure: Migration disabled: failed to allocate shared memory",
            code: .sourceBlocked,
            advice: "memfd"),
        Sample(
            text: "libvirtd: unable to execute QEMU command 'transaction': An IO error has occurred",
            code: .libvirtStorage,
            advice: "permissions"),
        Sample(
            text:
                "unschedulable target pod \"virt-launcher-a-b\" was deleted due to timeout period expiration",
            code: .managerRefused, advice: "taints"),
        Sample(
            text:
                "message: cannot migrate the VM. The volume a-b is RWO and not included in the migration volumes",
            code: .managerRefused, advice: "ReadWriteMany"),
        Sample(
            text: """
                qemu-system-x86_64: get_pci_config_device: Bad config data: i=0x20 read: 0 device: c cmask: ff wmask: 0 w1cmask:0
                qemu-system-x86_64: error while loading state for instance 0x0 of device '0000:00:02.0/virtio-net'
                """, code: .pciConfig, advice: "disable-modern"),
        Sample(
            text: "virsh migrate web\n[1]+  Segmentation fault (core dumped) qemu-system-x86_64",
            code: .destinationAborts,
            advice: "update it", isSure: false),
        Sample(
            text: "qemu-kvm: error parsing address '\(String(repeating: "host.", count: 13)):49153'",
            code: .socketAddress, advice: "short name"),
        Sample(
            text: "libvirtError: internal error: migration was active, but no RAM info was set",
            code: .libvirtJSON,
            advice: "update libvirt", isSure: false),
        Sample(
            text:
                "(qemu) loadvm a\nqcow2: Preventing invalid write on metadata (overlaps with active L1 table); image marked as corrupt.",
            code: .snapshot, advice: "qemu-img check"),
        Sample(text: "(qemu) savevm\nError -22 while writing VM", code: .snapshot, advice: "can't be saved"),
        Sample(
            text: "Live Migration failure: authentication failed: Failed to verify peer's certificate",
            code: .tls,
            advice: "certificates"),
        Sample(
            text: "Xenops_interface.Xenopsd_error([S(Vms_failed_to_cooperate);[S(1)]])",
            code: .managerRefused,
            advice: "guest tools"),
        Sample(
            text:
                "Server_error(INTERNAL_ERROR, [ Storage_error([S(Does_not_exist);[S(mirror);S(1/2)]]) ]) xapi",
            code: .managerRefused, advice: "SMlog"),
        Sample(
            text: "TASK ERROR: can't rollback, snapshot 'a' does not exist on 'b:vm-100-disk-0'",
            code: .managerRefused,
            advice: "pvesm list"),
        Sample(
            text: "live migration of web\n[  5.1] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
            code: .cpuMismatch,
            advice: "TSC", isSure: false),
        Sample(
            text:
                "qemu: Unknown savevm section or instance 'spapr_cpu' 2\nqemu: load of migration failed: Invalid argument",
            code: .sectionUnknown, advice: "including plugged ones"),
        Sample(
            text:
                "error: internal error: hostname on destination resolved to localhost, but migration requires an FQDN",
            code: .socket, advice: "/etc/hosts"),
        Sample(
            text:
                "qemu-kvm: -chardev socket,id=chrtpm,path=/run/a.sock: Failed to connect socket /run/a.sock: Connection refused",
            code: .socket, advice: "swtpm"),
        Sample(
            text:
                "qemu-kvm: -chardev socket,id=fs0,path=/run/a.sock: Failed to connect to '/run/a.sock': No such file or directory",
            code: .socket, advice: "virtiofsd"),
        Sample(
            text: "error: Requested operation is not valid: network 'default' is not active",
            code: .libvirtFiles, advice: "virsh net-start"),
        Sample(
            text: "error: Cannot get interface MTU on 'br0': No such device", code: .libvirtFiles,
            advice: "bridge with the same name"),
        Sample(
            text: "qemu-system-x86_64: Could not reopen file: Permission denied", code: .fileMissing,
            advice: "NVRAM"),
        Sample(
            text: """
                2024-07-11 22:10:59.046+0000: initiating migration
                qemu-kvm: ../block.c:6979: int bdrv_inactivate_recurse(BlockDriverState *): Assertion `!(bs->open_flags & BDRV_O_INACTIVE)' failed.
                2024-07-11 22:10:59.810+0000: shutting down, reason=crashed
                """, code: .sourceDisks, advice: "resume the guest"),
        Sample(
            text:
                "qemu-kvm: -device vfio-pci,host=0000:af:00.0: VFIO_MAP_DMA failed: Cannot allocate memory",
            code: .memory, advice: "hard_limit"),
        Sample(
            text:
                "libvirtd: Unable to write to '/sys/fs/cgroup/devices/a/devices.deny': Operation not permitted",
            code: .libvirtFiles, advice: "cgroups", isSure: false),
        Sample(
            text:
                "type=AVC msg=audit(1:2): avc:  denied  { read } for  pid=7 comm=\"qemu-kvm\" name=\"a\" permissive=0",
            code: .libvirtFiles, advice: "restorecon", isSure: false),
        Sample(
            text:
                "kernel: audit: type=1400 audit(1.2:3): apparmor=\"DENIED\" operation=\"open\" profile=\"libvirt-1\" name=\"/a\" pid=7",
            code: .libvirtFiles, advice: "libvirt-qemu", isSure: false),
        Sample(
            text: "error: unsupported configuration: Security driver model 'dac' is not available",
            code: .libvirtRefused, advice: "<seclabel>"),
        Sample(
            text:
                "Requested operation is not valid: Refusing to undefine while domain managed save image exists",
            code: .libvirtRefused, advice: "--managed-save"),
        Sample(
            text:
                "error: internal error: unable to execute QEMU command 'blockdev-add': Failed to read option reply: Cannot read from TLS channel: The TLS connection was non-properly terminated.",
            code: .tls, advice: "client-cert.pem", isSure: false),
        Sample(
            text: "error: Domain not found: no domain with matching uuid '045d1838' (a)", code: .libvirtEnded,
            advice: "logs on the destination", isSure: false),
        Sample(
            text:
                "internal error: unable to execute QEMU command 'migrate': Migration disabled: CUSE TPM lacks necessary capabilities",
            code: .sourceBlocked, advice: "unplug"),
        Sample(
            text: "qemu-system-x86_64: unknown migration protocol: rdma:0.0.0.0:49152", code: .rdma,
            advice: "RDMA"),
        Sample(
            text: """
                query migrate failed: VM 100 not running
                ERROR: online migrate failure - too many query migrate failures - aborting
                ERROR: migration finished with problems (duration 00:00:48)
                """, code: .terminated, advice: "journalctl -t QEMU", isSure: false),
        Sample(
            text:
                "ERROR: failed to handle 'disk-import' command - unsupported format 'qcow2' for storage type zfspool",
            code: .managerRefused, advice: "--format raw"),
        Sample(
            text:
                "reason: Live migration is not completed after 150 seconds and has been aborted",
            code: .libvirtCanceled,
            advice: "completionTimeoutPerGiB"),
        Sample(
            text: "write /var/lib/incus/virtual-machines/v1/state: no space left on device", code: .noSpace,
            advice: "size.state"),
        Sample(
            text: "Migration failed because target pod shutdown during migration", code: .libvirtEnded,
            advice: "kubectl logs", isSure: false),
        Sample(
            text:
                "denied the request: in-flight migration detected. Active migration job (b0) is currently already in progress for VMI a",
            code: .sourceBusy, advice: "kubectl get vmim"),
        Sample(
            text: "FATAL | A snapshot operation for 'test' is pending and timeout has expired. Exiting...",
            code: .managerRefused, advice: "-no-snapshot-load"),
        Sample(
            text: "emulator: error while loading state for instance 0x0 of device 'goldfish_pipe'",
            code: .loadFailed, advice: "-no-snapshot-load"),
        Sample(
            text: "virError(Code=27, Domain=20, Message='XML error: non unique alias detected: ua-')",
            code: .libvirtRefused,
            advice: "virsh edit", isSure: false),
        Sample(
            text: "I get an error: _qemu-system-x86_64: Configuration section missing_. What is it?",
            code: .configurationMissing, advice: "2.3"),
        Sample(
            text: "kernel: Out of memory: Killed process 42 (qemu-system-x86) total-vm:9000000kB",
            code: .terminated, advice: "more memory than the guest's RAM", isSure: false),
        Sample(
            text:
                "error: internal error: unable to execute QEMU command 'query-block': Can't list snapshots of device 'drive-virtio-disk0': Input/output error",
            code: .libvirtStorage, advice: "kernel messages"),
        Sample(
            text: "error: Requested operation is not valid: cannot migrate domain with 3 snapshots",
            code: .libvirtRefused, advice: "--metadata"),
        Sample(
            text: """
                qemu-system-ppc64: KVM_SET_DEVICE_ATTR failed: Group 3 attr 0x0000000000001300: Invalid argument
                qemu-system-ppc64: error while loading state for instance 0x0 of device 'xive'
                qemu-system-ppc64: load of migration failed: Operation not permitted
                """, code: .interrupts, advice: "ic-mode="),
        Sample(
            text:
                "Spice-CRITICAL **: 16:41:04.497: memslot.c:122:memslot_get_virt: address generation is not valid, group_id 1, slot_id 1, gen 1, slot_gen 0",
            code: .destinationAborts, advice: "spice-server"),
        Sample(
            text: """
                qemu-kvm: get_pci_config_device: Bad config data: i=0x10a read: 40 device: 0 cmask: ff wmask: 0 w1cmask:0
                qemu-kvm: Failed to load PCIDevice:config
                qemu-kvm: Failed to load e1000e:parent_obj
                qemu-kvm: error while loading state for instance 0x0 of device '0000:00:02.0/e1000e'
                qemu-kvm: load of migration failed: Invalid argument
                """, code: .pciConfig, advice: "8.0.1"),
        Sample(
            text:
                "error: internal error: unable to execute QEMU command 'migrate': State blocked by non-migratable device '0000:00:08.0/ich9_ahci'",
            code: .sourceBlocked, advice: "another bus"),
        Sample(
            text:
                "error: internal error: unable to execute QEMU command 'migrate': State blocked by non-migratable device '0000:00:05.0/nvme'",
            code: .sourceBlocked, advice: "virtio-blk"),
        Sample(
            text:
                "TASK ERROR: migration aborted (duration 00:00:01): Problem found while scanning volumes - can't migrate local cdrom 'local:iso/debian.iso'",
            code: .managerRefused, advice: "media=cdrom"),
        Sample(
            text: "TASK ERROR: can't migrate VM which uses local devices: hostpci0", code: .managerRefused,
            advice: "hostpci"),
        Sample(
            text: "qemu-system-aarch64: Unknown savevm section or instance 'acpi-ged' 0.",
            code: .sectionUnknown, advice: "machine type"),
        Sample(
            text: "qemu-system-x86_64: Unknown savevm section or instance 'acme' 0.", code: .sectionUnknown,
            advice: "belongs to the machine"),
        Sample(
            text: "qemu-system-x86_64: Device 'hda' does not have the requested snapshot 'suspend'",
            code: .snapshot, advice: "without -loadvm"),
        Sample(
            text: "Error: Device 'hda' is writable but does not support snapshots", code: .snapshotSource,
            advice: "qcow2"),
        Sample(
            text: "Error: Snapshot 'a' already exists in one or more devices", code: .snapshotSource,
            advice: "another name"),
        Sample(
            text: """
                operation failed: Failed to take snapshot: pre-save failed: qxl
                Error: Error while writing VM state: Unknown error -1
                """, code: .sourceSave, advice: "6.2"),
        Sample(
            text:
                "qemu-img: Could not open '/vm/a.qcow2': Failed to get shared \"write\" lock\nIs another process using the image [/vm/a.qcow2]?",
            code: .lock, advice: "stop the QEMU"),
        Sample(
            text:
                "error: Requested operation is not valid: cannot delete inactive domain with 1 snapshots",
            code: .libvirtRefused, advice: "--snapshots-metadata"),
        Sample(
            text:
                "error: unable to set security context 'system_u:object_r:svirt_image_t' on fd 26: Invalid argument",
            code: .libvirtFiles, advice: "virt_use_nfs"),
        Sample(
            text:
                "reason: virError(Code=84, Domain=10, Message='Operation not supported: Cannot migrate empty or read-only disk sda')\",\"uid\":\"a\"",
            code: .libvirtRefused, advice: "--migrate-disks"),
        Sample(
            text: "qemu-kvm: vhost_set_mem_table failed: Argument list too long (7)", code: .machineSetup,
            advice: "max_mem_regions"),
        Sample(
            text: "qemu-kvm: vhost_set_vring_kick failed: Bad file descriptor (9)", code: .machineSetup,
            advice: "back-end's log"),
        Sample(text: "kvm_init_vcpu failed: Cannot allocate memory", code: .machineSetup, advice: "dmesg"),
        Sample(
            text: "error: Unable to add bridge virbr1 port vnet0: Operation not supported",
            code: .libvirtFiles, advice: "dmesg"),
    ]

    @Test(arguments: samples) func isExplained(_ sample: Sample) throws {
        let report = try #require(FailureLog.reports(in: sample.text).first)
        let first = try #require(LogExplanation.explain(report).first)
        #expect(first.code == sample.code)
        #expect(first.hint.contains(sample.advice), "\(first.hint)")
        #expect((first.certainty == .certain) == sample.isSure)
    }

    /// A sentence after the last line is no cause of its own, and that it is a snapshot shows in its last line.
    @Test func theReasonOfTheLastLineIsNoCause() throws {
        let text = "qemu-system-x86_64: load of migration failed: Invalid argument"
        let report = try #require(FailureLog.reports(in: text).first)
        #expect(LogExplanation.explain(report).filter { $0.severity == .error }.map(\.code) == [.loadFailed])
        let snapshot = "qemu-system-i386: Error -22 while loading VM state"
        let first = try #require(
            FailureLog.reports(in: snapshot).first.flatMap { LogExplanation.explain($0).first })
        #expect(first.hint.contains("take it again"))
    }

    /// libvirt's own words, where the catalogue has none of them; in its class they come after `error:`.
    @Test(arguments: [
        (
            "virsh migrate a\nerror: unsupported configuration: acme is not supported for frobs",
            "acme is not", "XML"
        ),
        (
            "error: Failed to start domain 'a'\nerror: the acme of 'a' is gone: No such device", "the acme",
            "journalctl"
        ),
        ("error: unsupported configuration: acme alone", "acme alone", "XML"),
        ("libvirt.libvirtError: Requested operation is not valid: acme is busy", "acme is busy", "domstate"),
        (
            "reason: virError(Code=1, Domain=10, Message='internal error: acme broke')\"}", "acme broke",
            "journalctl"
        ),
    ])
    func unknownWordsOfLibvirt(_ text: String, _ words: String, _ advice: String) throws {
        let report = try #require(FailureLog.reports(in: text).first)
        let first = try #require(LogExplanation.explain(report).first)
        #expect(first.code == .messageUnknown)
        #expect(first.message.contains("libvirt's reason: " + words), "\(first.message)")
        #expect(!first.message.contains("')"))
        #expect(first.hint.contains(advice))
        #expect(first.certainty == .possible)
    }

    /// Where the catalogue knows nothing, the program that says why is named, and the part of the host that it is about.
    @Test(arguments: [
        (
            "2024-01-01 10:00:00.000+0000: 7: error : virCgroupAcme:12 : unable to set up the acme\nvirsh migrate a",
            "libvirt's reason: unable to set up the acme", "cgroups"
        ),
        (
            "{\"component\":\"virt-launcher\",\"level\":\"error\",\"msg\":\"cannot set CPU affinity on process 7: Invalid argument\",\"pos\":\"virProcessSetAffinity:5\",\"subcomponent\":\"libvirt\"}",
            "libvirt's reason: cannot set CPU affinity on process 7", "pinned"
        ),
        (
            "ERROR nova.virt.libvirt.driver CPU doesn't have compatibility. internal error: Unknown CPU feature acme",
            "libvirt's reason: Unknown CPU feature acme", "named model"
        ),
        (
            "virsh restore a.save\nqemu-kvm: KVM_ACME_SET_BITS failed: Bad address",
            "QEMU's message: KVM_ACME_SET_BITS failed",
            "dmesg"
        ),
        (
            "qm snapshot 100 a\nqmp command 'savevm-end' failed\nTASK ERROR: unable to parse acme volume name 'vm-100-state-a'",
            "the last error in the log: unable to parse acme volume name", "/var/log/libvirt/qemu"
        ),
        (
            "multipass restore a.snapshot1\nrestore failed: failed to open file '/a/snapshot-head' for writing",
            "failed to open file", "disk"
        ),
    ])
    func reasonsOfOthers(_ text: String, _ words: String, _ advice: String) throws {
        let report = try #require(FailureLog.reports(in: text).first)
        let first = try #require(LogExplanation.explain(report).first)
        #expect(first.code == .messageUnknown)
        #expect(first.message.contains(words), "\(first.message)")
        #expect(first.hint.contains(advice), "\(first.hint)")
        #expect(first.certainty == .possible)
    }

    /// An assertion's file names the part of QEMU that can be left out; a known assertion keeps its own advice.
    @Test(arguments: [
        ("qemu-kvm: util/hbitmap.c:614: f: Assertion `a < b' failed.", "block-bitmap-mapping"),
        ("qemu-kvm: ../hw/usb/core.c:1: f: Assertion `a' failed.", "unplug the guest's USB"),
        ("qemu-kvm: ../block/mirror.c:1: f: Assertion `a' failed.", "block job"),
        ("qemu-kvm: ../hw/net/virtio-net.c:1: f: Assertion `a' failed.", "network device"),
        ("Assertion failed: (a == b), function f, file block-gen.h, line 43.\nqemu savevm", "update QEMU"),
        (
            "qemu-kvm: ../migration/vmstate.c:3: vmstate_save_state_v: Assertion `first_elem || !n_elems || !size' failed.",
            "M-profile"
        ),
    ])
    func assertionsNameTheirPart(_ text: String, _ advice: String) throws {
        let report = try #require(FailureLog.reports(in: text).first)
        #expect(LogExplanation.explain(report).first?.hint.contains(advice) == true)
    }

    /// A backtrace says in which part QEMU ended, waits or crashed.
    @Test(arguments: [
        (
            "qemu savevm\n#0  0x00007ffff4aae445 in raise () from /lib/libc.so.6\n#1  0x00007ffff4ab1bab in abort () from /lib/libc.so.6\n#2  0x0000555555997951 in acme_find (c=0x1) at block/qcow2-cache.c:262",
            "QEMU aborted in acme_find (block/qcow2-cache.c:262)", "qemu-img check"
        ),
        (
            "migrate of a qemu\n> #0  acme_unref (obj=0x1000) at\n> /b/qemu-2.12/hw/usb/object.c:920",
            "QEMU crashed in acme_unref (usb/object.c:920)", "USB"
        ),
        (
            "migrate of a qemu\n#0  0x00007ffff39141cd in ppoll () at ../sysdeps/x.S:81\n#1  0x000055555593e445 in acme_wait (r=0x1) at migration/rdma.c:2210",
            "QEMU waits in acme_wait (migration/rdma.c:2210)", "hangs"
        ),
    ])
    func backtracesNameAPlace(_ text: String, _ words: String, _ advice: String) throws {
        let report = try #require(FailureLog.reports(in: text).first)
        let first = try #require(LogExplanation.explain(report).first)
        #expect(first.message.contains(words), "\(first.message)")
        #expect(first.hint.contains(advice), "\(first.hint)")
        #expect(first.certainty == .possible)
    }

    /// A broken connection means more beside what the log names.
    @Test(arguments: [
        (
            "(qemu) migrate_set_capability multifd on\nqemu-kvm: Unable to write to socket: Broken pipe",
            "same number of channels"
        ),
        ("qemu-kvm: Unable to write to socket: Broken pipe\nvirsh migrate --postcopy a", "recover it"),
        (
            "operation failed: job 'migration out' failed: Sibling indicated error 1\noperation failed: job 'migration in' failed: load of migration failed: Input/output error",
            "the destination failed first"
        ),
        (
            "qemu-kvm: error while loading section id 2(block)\nqemu-kvm: load of migration failed: Input/output error",
            "--tunnelled"
        ),
    ])
    func brokenConnectionsByTheirCompany(_ text: String, _ advice: String) throws {
        let report = try #require(FailureLog.reports(in: text).first)
        #expect(LogExplanation.explain(report).first?.hint.contains(advice) == true)
    }

    @Test(arguments: [
        "error: internal error: compiler bug", "make: error: operation failed: 2",
        "qemu-system-x86_64 started\nok: no error: at all",
    ])
    func wordsOfOthersAreNotLibvirts(_ text: String) { #expect(FailureLog.reports(in: text).isEmpty) }

    /// Which wordings any program prints, the entries say; a guest's mark beside one makes it a guest's.
    @Test func commonWordingsNeedAGuest() {
        let common = Catalogue.all.flatMap(\.wordings).filter(\.isCommon)
        #expect(common.count > 50)
        let own = Catalogue.all.flatMap(\.wordings).filter { !$0.isCommon }
        #expect(own.count > 20 * common.count)
        let line = "backup: No space left on device (28) while copying the file of today"
        #expect(FailureLog.reports(in: line).isEmpty)
        #expect(!FailureLog.reports(in: line + "\nvirsh save web web.save").isEmpty)
    }

    /// Other programs' logs are about no guest.
    @Test(arguments: [
        "nginx: connect() failed (111: Connection refused) while connecting to upstream",
        "rsync: write failed on \"/a\": No space left on device (28)", "ld: Cannot allocate memory",
        "django: Migration failed: 0003_auto could not be applied. Error while loading the state of the models",
        "curl: (6) Could not resolve host: Name or service not known\nmake: *** [all] Error 6",
        "postgres: could not bind: Address already in use",
        "Migration failed: MigrateSocket(Error { kind: UnexpectedEof, message: \"failed to fill whole buffer\" })",
        "kernel: audit: type=1400 audit(1.2:3): apparmor=\"DENIED\" operation=\"open\" profile=\"firefox\" name=\"/a\"",
    ])
    func otherProgramsAreNotExplained(_ text: String) {
        #expect(FailureLog.reports(in: text).map(\.lines) == [])
    }

    /// Alone, or beside words of QEMU's, they may be a guest's.
    @Test(arguments: [
        "Connection refused", "error: Connection refused",
        "nginx: (111: Connection refused) while connecting\nsystemd: started qemu-system-x86_64",
    ])
    func commonWordsArePossible(_ text: String) throws {
        let report = try #require(FailureLog.reports(in: text).first)
        #expect(LogExplanation.explain(report).first?.certainty == .possible)
    }

    /// What virsh prints of a guest has no word of QEMU's.
    @Test func wordsOfVirshAreKept() {
        let text =
            "error: Failed to start domain web\nerror: Unable to read from monitor: Connection reset by peer\n"
        #expect(FailureLog.reports(in: text).flatMap(\.causes).map(\.entry.code) == [.libvirtMonitor])
        let alone = "$ ./start\nerror: Unable to read from monitor: Connection reset by peer\n"
        #expect(FailureLog.reports(in: alone).flatMap(\.causes).map(\.entry.code) == [.libvirtMonitor])
    }

    @Test func wordsOfQEMUAreSure() throws {
        let report = try #require(FailureLog.reports(in: "qemu-system-x86_64: Connection refused").first)
        #expect(LogExplanation.explain(report).first?.certainty == .certain)
    }

    @Test func aMigrationThatDoesNotEnd() throws {
        let text = "Migration: [ 98 %]\nMigration: [ 99 %]\n"
        let finding = try #require(
            FailureLog.reports(in: text).first.flatMap { LogExplanation.explain($0).first })
        #expect(finding.severity == .note)
        #expect(finding.message.contains("99 %"))
        #expect(finding.hint.contains("--auto-converge"))
    }

    /// What ended well is no failure, and what failed says so itself.
    @Test func progressIsNoCause() {
        #expect(FailureLog.reports(in: "Migration: [ 99 %]\nMigration: [100 %]\n").isEmpty)
        let failed = "Migration: [ 99 %]\nqemu-kvm: Not a migration stream\n"
        #expect(FailureLog.reports(in: failed).flatMap(\.causes).map(\.entry.code) == [.headerMagic])
    }
}
