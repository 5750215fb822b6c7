import Bytes
import Diagnose
import Format
import Memory
import Stream

/// The effect of a repair on the guest.
package enum RepairGrade: String, Comparable, Sendable {
    /// The guest can't notice it.
    case safe
    /// The guest may notice it.
    case visible
    /// The guest may crash, or lose data.
    case risky

    private var order: Int { self == .safe ? 0 : self == .visible ? 1 : 2 }
    package static func < (left: RepairGrade, right: RepairGrade) -> Bool { left.order < right.order }
}

/// One step of a repair.
package struct RepairStep {
    package var grade: RepairGrade
    package var title: String
    /// The effect that the guest may notice, or the risk; empty for a safe step.
    package var cost: String
    package var edits: [StreamEdit]
    package var changes: [EditChange]
}

/// A problem that remains, and that a target would refuse.
package struct Unmended: Equatable {
    package var title: String
    package var reason: String
    /// The setting at the target that would help; empty when none is known.
    package var setting: String
}

/// Changes a stream into one that a target loads.
///
/// First the stream gets the target's shape: configuration, RAM blocks, sections. Then `check` runs
/// repeatedly, and each of its findings, in QEMU's order, gives a step, until no step is known for the
/// remaining ones.
package struct Repair {
    package private(set) var editor: StreamEditor
    package private(set) var steps: [RepairStep] = []
    package private(set) var unmended: [Unmended] = []
    private let target: Document?
    private let targetPath: String
    private let dump: TargetDump?
    private let loader: QEMUVersion?
    /// The machine type of the target, if the user gives it.
    private let machine: String?
    private let allowed: RepairGrade
    private var isUncertain = false
    /// Whether the stream lacks devices at its end, and the user has not allowed that.
    private var isLossy = false
    /// The attempted steps, by kind and place.
    private var tried: Set<String> = []
    /// The guest's use of its devices, before any change.
    private let uses: [SectionKey: SectionUse]
    /// The edits of steps that were not made because they are risky.
    private var refused: [StreamEdit] = []

    private static let roundLimit = 400

    package var draft: StreamDraft { editor.draft }
    /// Whether a stream shows the devices of the destination.
    package var hasTarget: Bool { target != nil }

    /// - Parameters:
    ///   - loader: the version of the QEMU that is to load the stream, if given.
    ///   - machine: the machine type of the target, if given.
    package init(
        _ draft: StreamDraft, like target: Document?, path targetPath: String,
        against dump: TargetDump?, loader: QEMUVersion? = nil, machine: String? = nil,
        allowing allowed: RepairGrade
    ) {
        self.loader = loader
        self.machine = machine
        self.target = target
        self.targetPath = targetPath
        self.dump = dump
        self.allowed = allowed
        var uses: [SectionKey: SectionUse] = [:]
        for section in draft.sections { uses[section.key] = SectionUse(section, draft.document) }
        self.uses = uses
        editor = StreamEditor(draft) { path throws(EditError) in
            guard let target, path == targetPath else { throw EditError("\(path): is not open") }
            return target
        }
    }

    /// Returns the findings of the present draft; those of RAM pages come with the whole stream. O(device
    /// state).
    package func findings() -> [Finding] {
        Check(draft.document, like: target, against: dump, loader: loader).findings()
    }

    /// Whether a target would refuse the finding's problem, or may: a problem that could not be compared
    /// remains.
    package static func isBad(_ finding: Finding) -> Bool {
        finding.code == .descriptionTarget || finding.severity != .note && !ignored.contains(finding.code)
    }

    // Findings that the loader ignores, and those of a draft without its pages.
    private static let ignored: Set<FindingCode> = [
        .sectionAbsent, .ramBlockAbsent, .sectionNoEnd, .ramCoverage,
    ]

    package mutating func run() {
        form()
        end()
        trailing()
        descriptions()
        frames()
        configuration()
        commands()
        blocks()
        sections()
        shapes()
        var rounds = 0
        while rounds < Self.roundLimit, round() { rounds += 1 }
        leftOvers()
    }

    // MARK: Steps

    /// Makes edits as one step; returns false when they fail or are not allowed.
    @discardableResult
    package mutating func perform(
        _ grade: RepairGrade, _ title: String, cost: String = "", _ edits: [StreamEdit],
        setting: String = ""
    ) -> Bool {
        guard tried.insert(title).inserted else { return false }
        guard grade <= allowed else {
            unmended.append(
                Unmended(title: title, reason: "risky: \(cost); use --risky to do it", setting: setting))
            refused += edits
            return false
        }
        var changed = editor
        var changes: [EditChange] = []
        do throws(EditError) {
            for edit in edits { changes += try changed.apply(edit) }
        } catch {
            unmended.append(Unmended(title: title, reason: error.description, setting: setting))
            return false
        }
        guard !changes.isEmpty else { return false }
        editor = changed
        steps.append(RepairStep(grade: grade, title: title, cost: cost, edits: edits, changes: changes))
        return true
    }

    /// Goes through the findings once; returns whether a step was made.
    private mutating func round() -> Bool {
        for finding in findings() where Self.isBad(finding) || isDoubtful(finding) {
            if mend(finding) { return true }
        }
        return false
    }

    // Notes about problems that a target may refuse: its reaction is unknown, and its own shape is safe.
    private func isDoubtful(_ finding: Finding) -> Bool {
        finding.code == .virtioFeatures && finding.certainty != .possible
    }

    /// Problems that the target's stream does not show, and that the target may refuse: features in use by a
    /// driver of a device that had no driver there.
    package var untold: [String] {
        findings().filter { $0.code == .virtioFeatures && $0.certainty == .possible }.map(\.message)
    }

    private mutating func leftOvers() {
        for finding in findings() where Self.isBad(finding) {
            let isKnown = unmended.contains {
                $0.title.contains(finding.code.rawValue) || $0.reason.contains(finding.message)
            }
            guard !isKnown, !isRiskyOnly(finding) else { continue }
            unmended.append(
                Unmended(
                    title: "\(finding.message) [\(finding.code)]",
                    reason: "no change of the stream is known to repair it", setting: finding.hint))
        }
    }

    // Whether a known step would solve a finding, but was not made because it is risky.
    private func isRiskyOnly(_ finding: Finding) -> Bool {
        if finding.code.entry.subject == .ram {
            let block = names(draft.document).first {
                finding.message.hasPrefix("\($0.name) ") || finding.message.contains(" \($0.name), ")
            }
            guard let block else { return false }
            return refused.contains { edit in
                switch edit {
                case .dropBlock(block.name), .resizeBlock(block.name, to: _): true
                default: false
                }
            }
        }
        if Self.subsectionCodes.contains(finding.code), let path = subsectionPath(at: finding.offset) {
            return refused.contains(.dropSubsection(path))
        }
        guard finding.code == .sectionUnknown, let section = section(at: finding.offset) else { return false }
        return refused.contains(.dropSection(section.editName))
    }

    // MARK: Head and end

    // Reports the form of the draft, as a step without edits.
    private mutating func form() {
        let title: String
        switch draft.form {
        case .plain:
            guard draft.isRebuilt else { return }
            title = "pages and devices are rewritten as in a stream that needs no capability"
        case .mappedRAM:
            guard !draft.source.isMappedRAM else { return }
            title = "pages are moved to fixed offsets, as in the destination's mapped-ram file"
        }
        steps.append(RepairStep(grade: .safe, title: title, cost: "", edits: [], changes: []))
    }

    // Changes that the draft has made already: steps without edits.
    private mutating func end() {
        guard draft.addsEndMark else { return }
        if let section = draft.completedFooter {
            steps.append(
                RepairStep(
                    grade: .safe, title: "the footer of \(section) is completed", cost: "", edits: [],
                    changes: []))
        }
        let own = Set(draft.sections.map(\.key))
        let missing = target.map { target in
            target.store.checkedSections().filter { $0.record.kind == .full && !own.contains($0.key) }.map(
                \.name)
        }
        let title =
            draft.lostTail.map { "\($0.count) bytes of an incomplete section are dropped" }
            ?? "the stream ends before its last device"
        if missing == ["globalstate"] {
            steps.append(
                RepairStep(
                    grade: .visible, title: title,
                    cost: "globalstate is lost: the guest continues to run although it may have been paused",
                    edits: [], changes: []))
        } else if draft.lostTail != nil || missing != [] {
            lose(missing, title)
        }
        steps.append(
            RepairStep(
                grade: .safe, title: "the end mark is added", cost: "", edits: [],
                changes: [
                    EditChange(
                        offset: draft.writtenOffset(draft.document.store.region.count - 1), path: "EOF",
                        before: [],
                        after: [SectionType.endOfFile.rawValue])
                ]))
    }

    // Reports devices at the end of a truncated stream; nil when they are unknown.
    private mutating func lose(_ missing: [String]?, _ title: String) {
        let names = missing.map { $0.isEmpty ? "" : ": \($0.joined(separator: ", "))" } ?? ""
        let isInside = draft.lostTail != nil
        let what = isInside ? "that device and all later ones" : "all devices after its end"
        steps.append(
            RepairStep(
                grade: .risky, title: title, cost: "\(what) are in their reset state\(names)", edits: [],
                changes: []))
        guard allowed < .risky else { return }
        isLossy = true
        unmended.append(
            Unmended(
                title:
                    "the stream ends \(isInside ? "inside a device" : "between devices") [section-cut]",
                reason: "risky: \(what) would be in their reset state\(names); use --risky to do it",
                setting: "copy the file again, or save again"))
    }

    /// Whether a step was made that the user has not allowed, whether the target's shape depends on its host, or
    /// whether the stream keeps another machine type than the one asked for: then the result must not be called
    /// repaired.
    package var isHeldBack: Bool {
        if let machine, let own = draft.document.store.machine, Self.isOther(own, machine) { return true }
        return isLossy || isUncertain
    }

    // A destination compares only the bytes that the stream has (migration/savevm.c configuration_post_load).
    private static func isOther(_ own: String, _ wanted: String) -> Bool {
        !wanted.utf8.starts(with: own.utf8)
    }

    private mutating func descriptions() {
        let isDamaged = findings().contains {
            Self.isBad($0) && $0.code.entry.subject == .description && $0.code != .descriptionTarget
        }
        guard isDamaged else { return }
        // Without a description, the target's would be taken for the shape of all devices.
        if target != nil {
            let edit = StreamEdit.description(.from(targetPath))
            var changed = editor
            let changes = (try? changed.apply(edit)) ?? []
            let isWhole = !Check(changed.draft.document, like: target, against: dump, loader: loader)
                .findings()
                .contains {
                    Self.isBad($0)
                        && ($0.code.entry.subject == .description || $0.code == .sectionUndescribed)
                }
            if !changes.isEmpty, isWhole {
                perform(.safe, "the damaged description is completed", [edit])
                return
            }
        }
        perform(
            .safe, "the damaged description is dropped: no loader reads it", [.description(.strip)])
    }

    private mutating func trailing() {
        let draft = draft
        guard !draft.trailing.isEmpty else { return }
        let count = draft.trailing.count
        perform(.safe, "\(count) bytes after the end of the stream are cut", [.cutTrailing])
    }

    private mutating func configuration() {
        let document = draft.document
        let wanted =
            machine ?? target?.store.machine ?? dump?.machine ?? loadable(document.store.machine)
        if let own = document.store.machine, let wanted, Self.isOther(own, wanted) {
            let isFamily = Self.family(own) == Self.family(wanted)
            perform(
                isFamily ? .visible : .risky, "machine type \(own) is changed to \(wanted)",
                cost: isFamily
                    ? "properties that differ between versions of a machine type change: ACPI tables at the next reset, defaults of devices"
                    : "the board differs: devices, interrupts and memory are not where the guest found them",
                [.renameMachine(wanted)], setting: "-machine \(own)")
        }
        guard target != nil else { return }
        let bad = findings().filter {
            $0.severity == .error && ($0.code == .uuid || $0.code == .capability || $0.code == .pageBits)
        }
        if let finding = bad.first {
            let isPages = bad.contains { $0.code == .pageBits }
            perform(
                isPages ? .risky : .safe,
                "the configuration is taken from the destination's stream: \(finding.message)",
                cost: isPages ? "RAM is stored in pages of a different size" : "",
                [.takeConfiguration(from: targetPath)], setting: sharingSetting ?? finding.hint)
        }
    }

    // Shared memory is in files of its own, and not in the stream; with this capability the destination
    // expects none there.
    private var sharingSetting: String? {
        guard let target else { return nil }
        switch (PlainStream.ignoresShared(draft.document), PlainStream.ignoresShared(target)) {
        case (true, false):
            return "use --ram BLOCK=FILE for each block that is in a file, "
                + "or set capability x-ignore-shared on the destination, with the same files"
        case (false, true): return "clear capability x-ignore-shared on the destination"
        default: return nil
        }
    }

    // QEMU sends SWITCHOVER_START since 10.0, unless the machine type is older (migration/savevm.c,
    // hw/core/machine.c hw_compat_9_2); it is for devices with a channel of their own. Older versions do not
    // know the command.
    private mutating func commands() {
        let kind = CommandKind.switchoverStart
        let told =
            loader ?? (target?.store.machine ?? dump?.machine ?? machine).flatMap { QEMUVersion($0) }
        if let told, told >= QEMUVersion(10, 0) { return }
        if told == nil {
            guard let target else { return }
            target.openLivePart()
            if target.store.records.contains(where: { $0.command == kind }) { return }
        }
        draft.source.openLivePart()
        guard draft.source.store.records.contains(where: { $0.command == kind }) else { return }
        perform(
            .safe, "command \(kind.label) is dropped: the destination's QEMU may not know it",
            [.dropCommand(kind.label)])
    }

    // Returns the machine type of the same family in a QEMU of that version; nil when it has the stream's
    // own.
    private func loadable(_ own: String?) -> String? {
        guard let own, let loader, let version = QEMUVersion(own), version > loader else { return nil }
        return "\(Self.stem(own))-\(loader)"
    }

    // Boards that were renamed (hw/arm/xlnx-versal-virt.c, since 10.2).
    private static let renamed: [Substring: Substring] = ["xlnx-versal-virt": "amd-versal-virt"]

    // Returns `pc-q35` for `pc-q35-10.0`.
    private static func family(_ machine: String) -> Substring {
        let stem = stem(machine)
        return renamed[stem] ?? stem
    }

    private static func stem(_ machine: String) -> Substring {
        guard let dash = machine.lastIndex(of: "-") else { return machine[...] }
        // SS-5 and SS-10 are boards; `pc-q35-rhel9.4.0` is of a distribution.
        var version = machine[machine.index(after: dash)...]
        if version.hasPrefix("rhel") { version = version.dropFirst(4) }
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, !parts[0].isEmpty, parts[0].allSatisfy(\.isNumber),
            parts[1].first?.isNumber == true
        else { return machine[...] }
        return machine[..<dash]
    }

    // Repairs headers and footers with the ids of the sections.
    private mutating func frames() {
        for finding in findings()
        where (finding.code == .footerID || finding.code == .footerMissing) && Self.isBad(finding) {
            guard
                let section = draft.sections.first(where: { section in
                    (section.record.offset...section.record.end).contains(finding.offset)
                        && section.record.kind == .full
                })
            else { continue }
            perform(
                .safe,
                "the footer of \(section.name) #\(section.key.instance) is rewritten: \(finding.message)",
                [.reframe(section.editName)])
        }
    }

    // MARK: RAM blocks

    private func names(_ document: Document) -> [(name: String, size: Int)] {
        document.store.state.blocks.map {
            (String(decoding: document.store.table.names.bytes($0.name), as: UTF8.self), $0.usedLength)
        }
    }

    private mutating func blocks() {
        guard let target, !target.store.state.blocks.isEmpty else { return }
        defer { sharing(target) }
        let theirs = names(target)
        func mine(_ own: [(name: String, size: Int)]) -> [(name: String, size: Int)] {
            own.filter { block in !theirs.contains { $0.name == block.name } }
        }
        func free(_ own: [(name: String, size: Int)]) -> [(name: String, size: Int)] {
            theirs.filter { block in !own.contains { $0.name == block.name } }
        }
        // First a device that moved, then any block of the same size, then blocks whose sizes add up.
        for (name, size) in mine(names(draft.document)) {
            let others = free(names(draft.document))
            let last = name.withoutDevicePath
            let moved = others.filter {
                $0.name.withoutDevicePath == last && $0.name.contains("/") && name.contains("/")
            }
            let equal = others.filter {
                $0.size == size && Self.isMain($0.name, $0.size) == Self.isMain(name, size)
            }
            guard let found = moved.first ?? (Self.isMain(name, size) ? equal.first : nil) else { continue }
            perform(
                .safe, "RAM block \(name) is renamed to \(found.name)", [.renameBlock(name, to: found.name)])
        }
        regroup(mine(names(draft.document)), free(names(draft.document)))
        for (name, size) in mine(names(draft.document)) {
            let isKept = hasContent(name, from: 0)
            let isMemory = Self.isMain(name, size) && !isStorage(name)
            perform(
                isMemory && isKept ? .risky : isKept ? .visible : .safe, "RAM block \(name) is dropped",
                cost: isMemory && isKept
                    ? "\(size) bytes of the guest's memory are lost"
                    : isKept ? "the data that a device keeps there is lost" : "",
                [.dropBlock(name)],
                setting: "give the destination the device, DIMM or memory backend of \(name)"
            )
        }
        divide(theirs)
        for (name, size) in names(draft.document) {
            guard let other = theirs.first(where: { $0.name == name }), other.size != size,
                Self.mustMatch(name)
            else {
                continue
            }
            let isLost = other.size < size && hasContent(name, from: other.size)
            // An operating system was told the amount of memory, and will use it.
            let isMissed = isLost || isSystemRunning
            let grade: RepairGrade =
                other.size < size
                ? isMissed && Self.isMain(name, size) ? .risky : .visible : .safe
            perform(
                grade, "RAM block \(name) is resized from \(size) to \(other.size) bytes",
                cost: isLost
                    ? "\(size - other.size) bytes after its new end are lost"
                    : grade == .visible
                        ? "memory that the guest knows, but left empty, is missing" : "",
                [.resizeBlock(name, to: other.size)],
                setting: "use -m, romfile=, romsize= or vgamem_mb= as on the source")
        }
    }

    // Shared memory is in no stream: both sides must have the same files.
    private mutating func sharing(_ target: Document) {
        let (here, there) = (SharedBlocks.names(draft.source), SharedBlocks.names(target))
        guard here != there else { return }
        let known = Set(names(target).map(\.name))
        let own = names(draft.source).map(\.name)
        for block in (draft.ram ?? RAMPlan(draft.source)).blocks {
            let name = String(decoding: block.name, as: UTF8.self)
            let isShared = block.pieces.contains {
                own.indices.contains($0.source) && here.contains(own[$0.source])
            }
            guard known.contains(name), isShared != there.contains(name) else { continue }
            isUncertain = true
            unmended.append(
                isShared
                    ? Unmended(
                        title: "the memory of \(name) is not in the stream [ram-coverage]",
                        reason:
                            "x-ignore-shared left it in the source's file, but the destination does not share it",
                        setting:
                            "use --ram \(name)=FILE, or share=on and mem-path= with that file on the destination"
                    )
                    : Unmended(
                        title: "the destination shares the memory of \(name) [ram-block-unknown]",
                        reason:
                            "its contents in the stream would be lost, and the destination's file has different bytes",
                        setting: "set share=off for its memory backend, or clear capability x-ignore-shared"))
        }
    }

    // Divides the same memory differently among blocks with the same names.
    private mutating func divide(_ theirs: [(name: String, size: Int)]) {
        let own = names(draft.document).filter { block in
            Self.isMain(block.name, block.size) && theirs.contains { $0.name == block.name }
        }
        let others = theirs.filter { block in own.contains { $0.name == block.name } }
        let isOther = own.contains { block in !others.contains { $0 == block } }
        if own.count > 1, isOther { regroup(own, others) }
    }

    private mutating func regroup(
        _ mine: [(name: String, size: Int)], _ free: [(name: String, size: Int)]
    ) {
        let own = mine.filter { Self.isMain($0.name, $0.size) }
        let other = free.filter { Self.isMain($0.name, $0.size) }
        guard !own.isEmpty, !other.isEmpty, own.count > 1 || other.count > 1,
            own.reduce(0, { $0 + $1.size }) == other.reduce(0, { $0 + $1.size })
        else { return }
        let (first, isFirstSure) = inPlace(own, hasPages: true)
        let (second, isSecondSure) = inPlace(other, hasPages: false)
        let isSure = isFirstSure && isSecondSure
        perform(
            isSure ? .visible : .risky,
            "RAM of \(first.map(\.name).joined(separator: ", ")) is moved to \(second.map(\.name).joined(separator: ", "))",
            cost: isSure
                ? "the guest knows no NUMA nodes, or different ones, until it boots again"
                : "the stream does not show which block is first in the guest's memory",
            [.regroupBlocks(first.map(\.name), into: second.map { .init(name: $0.name, size: $0.size) })])
    }

    // Returns the blocks of NUMA nodes in the order of their addresses, which no stream contains, and whether
    // the order is certain: by the numbers at the end of their names; of two blocks, the one with the page at
    // 0 is first.
    private func inPlace(
        _ blocks: [(name: String, size: Int)], hasPages: Bool
    ) -> ([(name: String, size: Int)], isSure: Bool) {
        guard blocks.count > 1 else { return (blocks, true) }
        func split(_ name: String) -> (stem: Substring, number: Int?) {
            let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
            return (name.dropLast(digits), Int(name.suffix(digits)))
        }
        let numbered = blocks.compactMap { block in split(block.name).number.map { ($0, block) } }
        if numbered.count == blocks.count, Set(blocks.map { split($0.name).stem }).count == 1 {
            return (numbered.sorted { $0.0 < $1.0 }.map(\.1), true)
        }
        let sorted = blocks.sorted { $0.name < $1.name }
        let page = draft.source.store.state.pageSize
        if hasPages, sorted.count == 2 {
            let isFilled = sorted.map { hasContent($0.name, from: 0, to: page) }
            if isFilled[0] != isFilled[1] { return (isFilled[0] ? sorted : sorted.reversed(), true) }
        }
        return (sorted, false)
    }

    // Whether the first processor is past the firmware, judging by its state: on x86, when paging is on.
    private var isSystemRunning: Bool {
        guard let path = draft.document.path(text: "cpu:0/env.cr[0]") else { return false }
        return draft.document.tree.bytes(of: draft.document.tree.node(path)).suffix(4).first.map {
            $0 & 0x80 != 0
        }
            ?? false
    }

    // Whether a block is guest memory, and not a ROM, a frame buffer, a firmware table or a device page
    // (`vmclock_page`).
    private static func isMain(_ name: String, _ size: Int) -> Bool {
        size > 4096 && !name.contains("/") && !name.hasSuffix(".rom") && !name.hasSuffix(".bios")
            && !name.contains("vram")
            && !name.contains("flash") && !name.contains("rom")
    }

    // Whether acpi-erst stores its records in a block; its backend can have any name (hw/acpi/erst.c
    // ERST_STORE_MAGIC, 7.2 to 11.1).
    private func isStorage(_ name: String) -> Bool {
        let source = draft.source
        guard
            let number = source.store.state.blocks.firstIndex(where: {
                source.store.table.names.bytes($0.name).elementsEqual(name.utf8)
            }),
            case .bytes(let page) = PageReader(region: source.store.region, index: source.ramIndex())
                .content(block: number, page: 0)
        else { return false }
        return page.starts(with: "ERSTSTOR".utf8)
    }

    // Whether a target sets the size of a block from its configuration (qemu_ram_resize, system/physmem.c).
    private static func mustMatch(_ name: String) -> Bool {
        !name.hasPrefix("/rom@etc/acpi/") && name != "/rom@etc/table-loader"
    }

    // Whether nonzero pages were sent between two offsets.
    private func hasContent(_ name: String, from offset: Int, to limit: Int = .max) -> Bool {
        let source = draft.source
        let plan = draft.ram ?? RAMPlan(source)
        guard let block = plan.blocks.first(where: { $0.name.elementsEqual(name.utf8) }) else {
            return false
        }
        let index = source.ramIndex()
        return block.pieces.contains { piece in
            let start = max(offset, piece.place)
            guard start < piece.place + piece.length else { return false }
            let first = (piece.offset + start - piece.place) / index.pageSize
            let length = min(piece.length, max(limit - piece.place, 0))
            let end = min((piece.offset + length) / index.pageSize, index.pageCount(block: piece.source))
            guard first < end else { return false }
            let counts = index.counts(block: piece.source, pages: first..<end, in: source.store.region)
            return counts.raw + counts.compressed + counts.xbzrle > 0
        }
    }

    // MARK: Sections

    // A section that the stream's own description does not list, at the place of a listed one that is
    // missing: its idstr or its instance id is damaged.
    private mutating func damagedNames() {
        guard draft.document.store.description?.borrowedFrom == nil else { return }
        let listed = draft.document.store.describedKeys()
        let own = draft.sections.filter { $0.record.kind == .full }
        let (wanted, found) = (Set(listed), Set(own.map(\.key)))
        for (number, section) in own.enumerated() where !wanted.contains(section.key) {
            let place = number == 0 ? 0 : listed.firstIndex(of: own[number - 1].key).map { $0 + 1 }
            guard let place, place < listed.count, !found.contains(listed[place]),
                listed[place].occurrence == 0
            else { continue }
            let key = listed[place]
            perform(
                .safe,
                "section \(section.name) #\(section.key.instance) is renamed to \(DisplayText.escaped(bytes: key.name)) #\(key.instance), as the description lists it",
                [.renameSection(section.editName, to: key.editName)])
        }
    }

    private mutating func sections() {
        damagedNames()
        guard target != nil || dump != nil else { return }
        if let target { renames(target) }
        let known = target.map { Set($0.store.checkedSections().map(\.key)) }
        for section in draft.sections
        where section.record.kind == .full || section.record.kind == .start {
            if let known {
                guard !known.contains(section.key) else { continue }
                // The target also accepts further sections with a name and an instance id that it has.
                if section.key.occurrence > 0,
                    known.contains(SectionKey(name: section.key.name, instance: section.key.instance))
                {
                    continue
                }
            } else {
                continue
            }
            leaveOut(section)
        }
    }

    private mutating func leaveOut(_ section: CheckedSection) {
        let use = use(of: section)
        perform(
            use.lossGrade, "section \(section.name) #\(section.key.instance) is dropped",
            cost: use.lossCost,
            [.dropSection(section.editName)], setting: DeviceAdvice.advice(section.name))
    }

    @discardableResult
    private mutating func leaveOut(
        subsection path: String, _ section: CheckedSection, because finding: Finding? = nil, cost: String
    ) -> Bool {
        let edit = StreamEdit.dropSubsection(path)
        guard !refused.contains(edit), let node = draft.document.path(text: path) else { return false }
        let loss = SubsectionLoss(
            draft.document.tree.node(node), of: section, use(of: section), draft.document)
        // Without a stream of the target, no finding says what remains.
        if loss.grade > allowed { isUncertain = true }
        return perform(
            loss.grade, "subsection \(path) is dropped" + (finding.map { ": \($0.message)" } ?? ""),
            cost: loss.reason ?? cost, [edit], setting: finding?.hint ?? "")
    }

    // Loading any state of that card aborts QEMU. Without a section the card is as after a reset, with which
    // its driver begins.
    private mutating func leaveOutCard(_ section: CheckedSection) -> Bool {
        // SDState: sd_idle_state is 0 (hw/sd/sd.c).
        let isIdle = bytes("\(section.editName)/state", draft.document).allSatisfy { $0 == 0 }
        return perform(
            isIdle ? .visible : .risky, "section \(section.name) #\(section.key.instance) is dropped",
            cost: "the card is in its reset state\(isIdle ? "" : ", but the guest has started to use it")",
            [.dropSection(section.editName)])
    }

    // Devices with another address at the target: the same last part of the idstr, in the same order.
    private mutating func renames(_ target: Document) {
        let own = draft.sections.filter { $0.record.kind == .full }
        let theirs = target.store.checkedSections().filter { $0.record.kind == .full }
        let (mine, others) = (Set(own.map(\.key)), Set(theirs.map(\.key)))
        var free = theirs.filter { !mine.contains($0.key) }.map(\.key)
        for section in own where !others.contains(section.key) {
            let last = String(decoding: section.key.name, as: UTF8.self).withoutDevicePath
            let index =
                free.firstIndex {
                    String(decoding: $0.name, as: UTF8.self).withoutDevicePath == last
                        && $0.instance == section.key.instance
                }
                ?? free.firstIndex { String(decoding: $0.name, as: UTF8.self).withoutDevicePath == last }
            guard let index else { continue }
            let key = free.remove(at: index)
            let isPlace = key.name != section.key.name
            let use = use(of: section)
            perform(
                isPlace || !use.isInUse ? .visible : .risky,
                "section \(section.name) #\(section.key.instance) is renamed to \(DisplayText.escaped(bytes: key.name)) #\(key.instance)",
                cost: isPlace
                    ? "the guest looks for the device at its old address"
                    : use.isInUse
                        ? "the guest knows the device by its old number"
                        : "the device has a different number than the guest knows",
                [.renameSection(section.editName, to: key.editName)],
                setting: "use the device's addr=, port= or id as on the source")
        }
    }

    // A renamed section is not in `uses`, so its present state counts.
    private func use(of section: CheckedSection) -> SectionUse {
        uses[section.key] ?? SectionUse(section, draft.document)
    }

    // Sections whose versions, subsections or properties differ from the target's in a way that needs no
    // check.
    private mutating func shapes() {
        guard let target else { return newerSubsections() }
        let theirs = Dictionary(
            target.store.checkedSections().filter { $0.record.kind == .full }.map { ($0.key, $0) },
            uniquingKeysWith: { first, _ in first })
        for key in draft.sections.filter({ $0.record.kind == .full }).map(\.key) {
            guard let model = theirs[key], let section = current(key) else { continue }
            for path in unknownSubsections(of: section, target) {
                leaveOut(
                    subsection: path, section,
                    cost: "the destination's QEMU or device does not have that state")
            }
            hotPlug(key)
            capabilities(key, model)
            memoryDevice(key, model)
            subchannel(key)
            queues(key, model)
            uncounted(key, model)
            if let section = current(key), section.version != model.version {
                adapt(
                    section,
                    because: "version \(section.version), but the destination has \(model.version)")
            }
        }
    }

    // State of pluggable processors that the target has not written, with another number than the target's
    // maximum: the target would read its own number.
    private mutating func hotPlug(_ key: SectionKey) {
        guard let target, let section = current(key), let node = draft.document.tree.node(of: section) else {
            return
        }
        let document = draft.document
        var paths: [String] = []
        func visit(_ node: Node, _ depth: Int) {
            for number in 0..<min(node.childCount, 256) {
                let child = document.tree.child(number, of: node)
                let name = String(
                    decoding: document.store.table.names.bytes(document.tree.nameID(of: child)), as: UTF8.self
                )
                if document.tree.typeName(child) == "subsection", TargetFacts.isByProcessor(name) {
                    paths.append(document.tree.pathText(child.path))
                } else if !child.isLeaf, !document.tree.isArray(child), depth > 0 {
                    visit(child, depth - 1)
                }
            }
        }
        visit(node, 2)
        for path in paths where target.path(text: path) == nil {
            guard let devices = document.path(text: path + "/cpuhp_state/devs") else { continue }
            let node = document.tree.node(devices)
            // An array with one element is described as that element.
            let own = document.tree.isArray(node) ? node.childCount : 1
            guard own != Self.processors(of: target) else { continue }
            perform(
                .visible, "subsection \(path) is dropped",
                cost:
                    "the destination has it for a different number of processors: plugging a processor works only after the next boot",
                [.dropSubsection(path)], setting: "-smp maxcpus=\(own)")
        }
    }

    // The maximum number of processors, from the ACPI tables; otherwise the number of running ones.
    private static func processors(of target: Document) -> Int {
        ACPITables.processors(target)
            ?? target.store.checkedSections().count { $0.key.name.elementsEqual("cpu_common".utf8) }
    }

    // Without a stream of the target, its version determines the subsections that it does not know.
    private mutating func newerSubsections() {
        guard let loader else { return }
        for key in draft.sections.filter({ $0.record.kind == .full }).map(\.key) {
            guard let section = current(key) else { continue }
            for path in unknownSubsections(of: section, nil) {
                leaveOut(subsection: path, section, cost: "QEMU \(loader) does not have that state")
            }
        }
    }

    private func current(_ key: SectionKey) -> CheckedSection? {
        draft.sections.first { $0.key == key && $0.record.kind == .full }
    }

    // Capabilities of a pseries machine are sent when they are not the default (hw/ppc/spapr_caps.c).
    private mutating func capabilities(_ key: SectionKey, _ model: CheckedSection) {
        guard key.name.elementsEqual("spapr".utf8), let target, let section = current(key) else {
            return
        }
        let (mine, theirs) = (capabilities(section, draft.document), capabilities(model, target))
        for (name, path) in theirs.sorted(by: { $0.key < $1.key }) {
            if let own = mine[name] {
                let (here, there) = (bytes(own, draft.document), bytes(path, target))
                if here != there {
                    perform(
                        .visible, "capability \(name) is set as on the destination",
                        cost: Self.capabilityCost,
                        [.takeValue(own, from: targetPath)],
                        setting: "-machine \(Self.capabilityOption(name))=")
                }
            } else {
                perform(
                    .visible, "capability \(name) is set as on the destination", cost: Self.capabilityCost,
                    [.addSubsection(path, from: targetPath)],
                    setting: "-machine \(Self.capabilityOption(name))=")
            }
        }
        for (name, path) in mine.sorted(by: { $0.key < $1.key }) where theirs[name] == nil {
            perform(
                .visible, "capability \(name) is set to the destination's default", cost: Self.capabilityCost,
                [.dropSubsection(path)], setting: "-machine \(Self.capabilityOption(name))=")
        }
    }

    private static let capabilityCost =
        "the processor and its mitigations are not the ones that the guest knows"

    private static func capabilityOption(_ name: String) -> String {
        "cap-" + name.withoutDevicePath
    }

    private func capabilities(_ section: CheckedSection, _ document: Document) -> [String: String] {
        guard let node = document.tree.node(of: section) else { return [:] }
        var result: [String: String] = [:]
        for index in 0..<min(node.childCount, 1024) {
            let child = document.tree.child(index, of: node)
            let name = document.tree.name(child)
            if document.tree.typeName(child) == "subsection", name.hasPrefix("spapr/cap/") {
                result[name] = document.tree.pathText(child.path)
            }
        }
        return result
    }

    private func bytes(_ path: String, _ document: Document) -> [UInt8] {
        document.path(text: path).map { document.tree.bytes(of: document.tree.node($0)) } ?? []
    }

    // virtio-mem compares its properties before RAM is read (hw/virtio/virtio-mem.c
    // virtio_mem_mig_sanity_checks).
    private mutating func memoryDevice(_ key: SectionKey, _ model: CheckedSection) {
        guard
            key.name.split(separator: UInt8(ascii: "/")).last?.elementsEqual(
                "virtio-mem-device-early".utf8)
                == true,
            let target, let section = current(key)
        else { return }
        let path = "\(section.editName)/tmp"
        guard let own = draft.document.path(text: path), let other = target.path(text: path),
            draft.document.tree.bytes(of: draft.document.tree.node(own))
                != target.tree.bytes(of: target.tree.node(other))
        else { return }
        let plugged = bytes("\(section.editName)/size", draft.document).contains { $0 != 0 }
        let isMade = perform(
            plugged ? .risky : .visible,
            "section \(section.name) #\(key.instance): the memory device is set as on the destination",
            cost: plugged
                ? "plugged memory has a different address or size"
                : "the guest found a memory device of a different size; nothing is plugged",
            [.adapt(section.editName, from: targetPath), .takeValue(path, from: targetPath)],
            setting: "use memdev=, block-size= and memaddr= of virtio-mem as on the source")
        let size = bytes(path + "/block_size", target).reduce(0) { $0 << 8 | Int($1) }
        guard isMade, Self.hostBlockSizes.contains(size) else { return }
        isUncertain = true
        unmended.append(
            Unmended(
                title: "the block size of \(section.name) may differ on the destination",
                reason:
                    "without block-size= it depends on the huge pages of the destination's host; \(size) bytes is such a "
                    + "size, and the one of the host that saved the destination's stream",
                setting: "use block-size=\(size >> 20)M of virtio-mem"))
    }

    // Default sizes that depend on the host: without huge pages 1 MiB, on x86, and on Arm with pages of 4, 16
    // and 64 KiB (hw/virtio/virtio-mem.c virtio_mem_default_block_size, 7.2 to 11.1).
    private static let hostBlockSizes: Set<Int> = [1 << 20, 2 << 20, 32 << 20, 512 << 20]

    // A virtio device on a channel compares its address, which is in its state as well as in its idstr
    // (hw/s390x/css.c vmstate_subch_dev, 7.2 to 11.1). The parts that the guest reads, the subchannel's
    // number and its PMCW, stay.
    private mutating func subchannel(_ key: SectionKey) {
        guard let target, let section = current(key) else { return }
        var edits: [StreamEdit] = []
        for name in ["cssid", "ssid", "devno"] {
            let path = "\(section.editName)/virtio/transport/sch/\(name)"
            let (mine, theirs) = (bytes(path, draft.document), bytes(path, target))
            if !mine.isEmpty, mine.count == theirs.count, mine != theirs {
                edits.append(.takeValue(path, from: targetPath))
            }
        }
        guard !edits.isEmpty else { return }
        perform(
            .visible, "\(section.name): its place on the channel is set as on the destination",
            cost: "the guest found the device under a different number", edits,
            setting: "use the device's devno= as on the source")
    }

    // Arrays with another length that no number in the stream gives: the target reads its own number of
    // elements.
    private mutating func uncounted(_ key: SectionKey, _ model: CheckedSection) {
        let isProcessor = key.name.elementsEqual("cpu".utf8)
        guard let target, let section = current(key), isProcessor || section.size != model.size else {
            return
        }
        var trial = draft
        guard let notes = try? trial.adapt(section, from: target).notes else { return }
        for case .uncounted(let path, let here, let there) in notes {
            adapt(section, because: "\(path) has \(here) elements, but the destination has \(there)")
            return
        }
    }

    private mutating func queues(_ key: SectionKey, _ model: CheckedSection) {
        guard let target, let section = current(key) else { return }
        let large = VirtIOMending(draft.document, target).largeQueues(section, model)
        let idle = large.filter { !$0.isStarted }
        if !idle.isEmpty {
            perform(
                .safe,
                "\(section.name): \(idle.count) queues that no driver has set up are resized as on the destination",
                idle.map { .set(path: $0.path, .assign, value: String($0.wanted)) })
        }
    }

    private func unknownSubsections(of section: CheckedSection, _ target: Document?) -> [String] {
        let document = draft.document
        guard let node = document.tree.node(of: section),
            let version = loader ?? target.map({ CheckContext.loaderVersion(of: $0) })
        else { return [] }
        let machine = target?.store.machine ?? machine ?? ""
        var result: [String] = []
        var left = 1 << 16
        func visit(_ node: Node) {
            for number in 0..<node.childCount {
                guard left > 0 else { return }
                left -= 1
                let child = document.tree.child(number, of: node)
                if document.tree.typeName(child) == "subsection" {
                    let name = String(
                        decoding: document.store.table.names.bytes(document.tree.nameID(of: child)),
                        as: UTF8.self)
                    let path = document.tree.pathText(child.path)
                    if target?.path(text: path) == nil,
                        !TargetFacts.isKnown(name, to: version)
                            || TargetFacts.endsLoader(name, of: machine, version)
                            || target != nil && isIdleTimer(child, name)
                    {
                        result.append(path)
                        continue
                    }
                }
                if !child.isLeaf, !child.isElement || number < 64 { visit(child) }
            }
        }
        visit(node)
        return result
    }

    // Whether it is a timer that the target may lack: QEMU aborts when it loads one (VMSTATE_TIMER_PTR of
    // NULL).
    private func isIdleTimer(_ node: Node, _ name: String) -> Bool {
        if TargetFacts.timers.contains(name) { return true }
        let document = draft.document
        let timers = (0..<min(node.childCount, 1024)).map { document.tree.child($0, of: node) }
            .filter { document.tree.typeName($0) == "timer" }
        return !timers.isEmpty && timers.allSatisfy { document.tree.bytes(of: $0).allSatisfy { $0 == 0xff } }
    }

    private static func title(_ part: String, _ reason: String) -> String {
        "\(part) is adapted to the destination's shape: \(reason)"
    }

    /// Gives a section, or the structure at `path` in it, the target's shape, with a grade for the loss.
    @discardableResult
    private mutating func adapt(
        _ section: CheckedSection, because reason: String, at path: String? = nil
    ) -> Bool {
        guard let target else { return false }
        var trial = draft
        let notes: [SectionGraft.Note]
        let title = Self.title(path ?? "section \(section.name) #\(section.key.instance)", reason)
        do throws(EditError) {
            if let path {
                notes = try trial.adapt(inner: path, from: target).notes
            } else {
                notes = try trial.adapt(section, from: target).notes
            }
        } catch {
            // Each round tries it again, so report it only once.
            let failed = Unmended(title: title, reason: error.description, setting: "")
            if !unmended.contains(failed) { unmended.append(failed) }
            return false
        }
        let use = use(of: section)
        let outcome = GraftOutcome(notes, draft.document, idle: idleElements(notes, section))
        return perform(
            outcome.grade(use, isOnlyFirmware: SectionUse.isOnlyFirmware(draft.document)), title,
            cost: outcome.cost,
            [.adapt(path ?? section.editName, from: targetPath)])
    }

    // The elements of an interrupt controller for processors that were never started: `cpu[2]`, or `endt[16]`
    // with eight for each.
    private func idleElements(_ notes: [SectionGraft.Note], _ section: CheckedSection) -> Set<String> {
        let processors = uses.filter { $0.key.name.elementsEqual("cpu".utf8) }
        guard processors.count > 1, SectionUse.hasElementsByProcessor(section.key.name) else { return [] }
        let idle = Set(processors.filter { !$0.value.isInUse }.map { Int($0.key.instance) })
        var counts: [Substring: Int] = [:]
        var result: Set<String> = []
        for case .lost(let path, _) in notes {
            guard path.last == "]", let start = path.lastIndex(of: "["),
                let index = Int(path[path.index(after: start)...].dropLast())
            else { continue }
            let array = path[..<start]
            let count =
                counts[array]
                ?? draft.document.path(text: String(array)).map { draft.document.tree.node($0).childCount }
                ?? 0
            counts[array] = count
            guard count >= processors.count, count % processors.count == 0 else { continue }
            if idle.contains(index / (count / processors.count)) { result.insert(path) }
        }
        return result
    }

    // MARK: Findings

    private func section(at offset: Int) -> CheckedSection? {
        draft.sections.first { ($0.record.offset..<$0.record.end).contains(offset) }
    }

    private mutating func mend(_ finding: Finding) -> Bool {
        // A device that reads far past the end stops after the last section.
        let last = finding.code == .footerMissing ? draft.sections.last { $0.record.kind == .full } : nil
        guard let section = section(at: finding.offset) ?? last else { return false }
        // `blocks` has done everything possible.
        guard finding.code.entry.subject != .ram else { return false }
        switch finding.code {
        case .sectionUnknown:
            let before = steps.count
            leaveOut(section)
            return steps.count > before
        case .virtioFeatures: if features(finding, section) { return true }
        case .valueRange:
            if isSizeOfQueue(finding), use(of: section).isInUse {
                return takeValue(finding, section, as: .risky)
            }
            if section.key.name.elementsEqual("sd-card".utf8), finding.qemu.contains("sd_ocr_powerup") {
                return leaveOutCard(section)
            }
        default: break
        }
        guard target != nil else { return againstDump(finding, section) }
        // The description is the target's, and does not fit: what is where in the section is not known.
        if finding.code == .sectionSize, draft.document.store.description?.borrowedFrom != nil {
            return false
        }
        if Self.subsectionCodes.contains(finding.code), let path = subsectionPath(at: finding.offset),
            target?.path(text: path) == nil
        {
            let isDropped = leaveOut(
                subsection: path, section, because: finding,
                cost: "the destination does not know that state")
            if isDropped { return true }
            // What is in use does not go in another way.
            if refused.contains(.dropSubsection(path)) { return false }
        }
        // A device that reads more than the stream has fails among the devices after it.
        if finding.code == .footerMissing {
            let before = draft.sections.filter {
                $0.record.kind == .full && $0.record.offset <= finding.offset && isOtherSize($0)
            }
            let reason = "\(finding.message) [\(finding.code)]"
            if before.reversed().prefix(8).contains(where: { adapt($0, because: reason) }) { return true }
        }
        // A different shape explains more than a value; try the smallest structure with a different shape
        // first.
        if !Self.shapeCodes.contains(finding.code), let path = structure(around: finding, section) {
            let reason = "\(finding.message) [\(finding.code)]"
            if adapt(section, because: reason, at: path) { return true }
            // A change byte by byte would be as risky.
            let title = Self.title(path, reason)
            if unmended.contains(where: { $0.title == title && $0.reason.hasPrefix("risky:") }) {
                return false
            }
        }
        if Self.shapeCodes.contains(finding.code) || counts(finding, section),
            adapt(section, because: "\(finding.message) [\(finding.code)]")
        {
            return true
        }
        if takeValue(finding, section) { return true }
        if let path = subsectionPath(at: finding.offset), target?.path(text: path) == nil,
            leaveOut(
                subsection: path, section, because: finding,
                cost: "the destination does not have that state")
        {
            return true
        }
        return adapt(section, because: "as the last resort: \(finding.message)")
    }

    private func isOtherSize(_ section: CheckedSection) -> Bool {
        target?.store.checkedSections().contains {
            $0.key == section.key && $0.record.kind == .full && $0.size != section.size
        } == true
    }

    private static let subsectionCodes: Set<FindingCode> = [
        .subsectionUnknown, .subsectionVersion, .subsectionLayout,
    ]

    private static let shapeCodes: Set<FindingCode> = [
        .fieldLayout, .sectionSize, .sectionVersion, .subsectionUnknown, .subsectionVersion,
        .subsectionLayout, .footerMissing, .footerID,
        .cpuRegisters,
        .virtioFormat,
    ]

    // Whether the field of a finding gives the number of elements in an array of the section.
    private func counts(_ finding: Finding, _ section: CheckedSection) -> Bool {
        guard let target else { return false }
        let path = draft.document.tree.pathText(draft.document.tree.knownPath(atOffset: finding.offset))
        var trial = draft
        guard let notes = try? trial.adapt(section, from: target).notes else { return false }
        return notes.contains(.counted(path: path))
    }

    // Returns the body that contains the field of a finding, if the target's shape changes more than values
    // in it.
    private func structure(around finding: Finding, _ section: CheckedSection) -> String? {
        guard let target else { return nil }
        let document = draft.document
        let nodes = document.tree.nodes(along: document.tree.knownPath(atOffset: finding.offset))
        // In a virtio device, the vectors of queues are not next to the table that they refer to.
        let virtio = nodes.first { document.tree.typeName($0) == "virtio" }
        for node in virtio.map({ [$0] }) ?? nodes.dropFirst(2).dropLast().reversed() {
            guard !node.isLeaf, !document.tree.isArray(node), !node.isElement else { continue }
            let text = document.tree.pathText(node.path)
            var trial = draft
            guard target.path(text: text) != nil,
                let notes = try? trial.adapt(inner: text, from: target).notes
            else {
                continue
            }
            return notes.isEmpty ? nil : text
        }
        return nil
    }

    private func subsectionPath(at offset: Int) -> String? {
        let document = draft.document
        let nodes = document.tree.nodes(along: document.tree.knownPath(atOffset: offset))
        return nodes.last { document.tree.typeName($0) == "subsection" }.map {
            document.tree.pathText($0.path)
        }
    }

    private func path(of finding: Finding) -> String {
        let tree = draft.document.tree
        return finding.path.isEmpty ? tree.pathText(tree.knownPath(atOffset: finding.offset)) : finding.path
    }

    // Whether it is the number of entries of a virtio queue: the guest's memory has a ring of that size.
    private func isSizeOfQueue(_ finding: Finding) -> Bool {
        let path = path(of: finding)
        return path.contains("/virtio/queues[") && path.hasSuffix("/num")
    }

    private mutating func takeValue(
        _ finding: Finding, _ section: CheckedSection, as forced: RepairGrade? = nil
    ) -> Bool {
        let document = draft.document
        let path = path(of: finding)
        // A different version means that the bytes after it have another shape.
        guard let target, !path.contains("@header"), let own = document.path(text: path),
            let model = target.path(text: path)
        else {
            return false
        }
        let node = document.tree.node(own)
        let (here, there) = (document.tree.bytes(of: node), target.tree.bytes(of: target.tree.node(model)))
        guard !isRefused(path), here.count == there.count, here != there, here.count <= 4096 else {
            return false
        }
        let use = use(of: section)
        let isIdentity =
            (finding.code == .cpuModel || finding.code == .cpuRegisters) && !Self.isRevision(here, there)
        return perform(
            forced ?? (isIdentity && use.isInUse ? .risky : .visible),
            "\(path) is set as on the destination: \(finding.message) [\(finding.code)]",
            cost: forced != nil
                ? "the driver uses the queue with the number of entries that it has in guest memory"
                : isIdentity
                    ? "the guest found a different processor"
                    : "the device differs slightly from the one that the guest found",
            [.takeValue(path, from: targetPath)], setting: finding.hint)
    }

    // Whether another value of a field was refused as risky: the destination's would be no safer.
    private func isRefused(_ path: String) -> Bool {
        refused.contains { edit in
            switch edit {
            case .set(let other, _, _), .takeValue(let other, _): other == path
            default: false
            }
        }
    }

    // Whether two PowerPC processor versions, of 4 bytes or in registers of 8, differ only in their last 12
    // bits: they are revisions of one processor (target/ppc/cpu-models.h).
    private static func isRevision(_ own: [UInt8], _ other: [UInt8]) -> Bool {
        guard own.count == other.count, own.count == 4 || own.count == 8 else { return false }
        let (here, there) = (
            own.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, other.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        )
        return here >> 12 == there >> 12 && here >> 12 != 0
    }

    private mutating func againstDump(_ finding: Finding, _ section: CheckedSection) -> Bool {
        switch finding.code {
        case .subsectionUnknown, .subsectionLayout, .subsectionVersion:
            guard let path = subsectionPath(at: finding.offset) else { return false }
            return leaveOut(
                subsection: path, section, because: finding,
                cost: "the destination does not know that state")
        default: return false
        }
    }

    private mutating func features(_ finding: Finding, _ section: CheckedSection) -> Bool {
        guard let target,
            let model = target.store.checkedSections().first(where: {
                $0.key == section.key && $0.record.kind == .full
            }),
            let edit = VirtIOMending(draft.document, target).features(at: finding.offset, section, model)
        else { return false }
        let use = use(of: section)
        return perform(
            !use.isInUse ? .safe : edit.areRequests ? .visible : .risky,
            "\(section.name): \(finding.message) [\(finding.code)]",
            cost: !use.isInUse
                ? ""
                : edit.areRequests
                    ? "the device answers some requests of its driver with an error"
                    : "the driver continues to use features that the device no longer has",
            [.set(path: edit.path, .assign, value: "hex:" + Hex.dump(edit.bytes, separator: ""))],
            setting: finding.hint)
    }
}

/// The cost of giving a section another shape.
private struct GraftOutcome {
    private var lost: [String] = []
    private var filled: [String] = []
    /// Timers that are armed: without them, a device acts later, and a processor may wait for ever.
    private var timers: [String] = []
    private var isOther = false
    private var isVGALost = false
    private var isMoved = false
    private var isRelocated = false
    private var isChanged = false
    // The guest runs at an exception level that the target's processor does not have.
    private var isLevelLost = false

    /// - Parameter idle: the paths of parts for processors that were never started.
    init(_ notes: [SectionGraft.Note], _ document: Document, idle: Set<String> = []) {
        for note in notes {
            switch note {
            case .lost(let path, let isZero):
                let node = document.path(text: path).map { document.tree.node($0) }
                let type = node.map { document.tree.typeName($0) }
                // A timer that is not armed.
                let isNever = node.map { document.tree.bytes(of: $0).allSatisfy { $0 == 0xff } } ?? false
                if isZero || idle.contains(path) || Self.isForgettable(path) || type == "timer" && isNever {
                    break
                }
                // Performance counters restart (target/riscv/machine.c vmstate_pmu_ctr_state).
                if type == "timer" {
                    timers.append(path)
                } else if path.contains("pmu_ctrs[") {
                    filled.append(path)
                } else {
                    lost.append(path)
                }
            case .filled(let path): if !Self.isForgettable(path) { filled.append(path) }
            case .counted: break
            case .uncounted: break
            case .higherLevel: isLevelLost = true
            case .register(let path, let isZero): if !isZero { filled.append(path) }
            case .configured(_, let merge):
                isOther = isOther || merge.isOther
                isVGALost = isVGALost || merge.isVGALost
                isMoved = isMoved || merge.isMoved
                isRelocated = isRelocated || merge.isRelocated
                isChanged = true
            }
        }
    }

    // Bytes that no QEMU reads; the reservation of a load-and-reserve, which a processor may lose at any time
    // (target/ppc/machine.c, 7.2 to 11.1); state that newer versions take from the processor model
    // (target/riscv/machine.c, up to 9.2).
    private static func isForgettable(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map { $0.prefix { $0 != "[" } } ?? ""
        return name == "unused" || name.hasPrefix("env.reserve_") || name == "env.misa_mxl_max"
            || name == "env.features"
    }

    // A driver relies on the device and the addresses that it has found; a BIOS no longer needs them.
    func grade(_ use: SectionUse, isOnlyFirmware: Bool) -> RepairGrade {
        if isRelocated || isOther, use.isInUse, !isOnlyFirmware { return .risky }
        if !lost.isEmpty || !timers.isEmpty, use.isCritical, use.isInUse { return .risky }
        // A firmware has set it up: qxl-vga loaded into qxl ends QEMU with a signal (7.2).
        if isLevelLost || isVGALost { return .risky }
        return lost.isEmpty && timers.isEmpty && filled.isEmpty && !isChanged ? .safe : .visible
    }

    var cost: String {
        var words: [String] = []
        if isLevelLost {
            words.append("the guest runs at EL3, which the destination's processor does not have")
        }
        if !lost.isEmpty { words.append("these are lost: \(Self.few(lost))") }
        let fresh = filled + timers
        if !fresh.isEmpty { words.append("these are in their reset state: \(Self.few(fresh))") }
        if isVGALost { words.append("the guest uses a VGA display, and the destination's device is none") }
        if isRelocated { words.append("memory of the device is not at the address that the guest assigned") }
        if isOther {
            words.append("the device is a different model than the guest found")
        } else if isMoved {
            words.append("capabilities of the device are not where the guest found them")
        } else if isChanged {
            words.append("registers that report the device's features change")
        }
        return words.joined(separator: "; ")
    }

    private static func few(_ paths: [String]) -> String {
        paths.prefix(3).joined(separator: ", ")
            + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
    }
}

extension StreamTree {
    /// Whether the children of a node are elements.
    package func isArray(_ node: Node) -> Bool {
        !node.layout.isNone && store.table[node.layout].kind == .array
    }
}
