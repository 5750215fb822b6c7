import Bytes
import Format
import Stream

/// Reads a stream as QEMU's loader does, from the head to the place where it stops (migration/savevm.c
/// qemu_loadvm_state_main, 7.2 and 10.0).
///
/// It follows the target's stream if there is one, or else the stream's own description. For live sections it
/// uses the findings of their rules.
package struct StreamLoader {
    package enum End: Error {
        case stop(LoadStop)
        case unknown
    }

    package let context: CheckContext
    package var input: LoaderInput
    /// The offset of the current section.
    package var start = 0
    /// The devices of section ids.
    private var handlers: [UInt32: (key: SectionKey, isLive: Bool)] = [:]
    private let records: [Int: SectionRecord]
    // FULL sections by offset, and the keys of START sections.
    private let devices: [Int: CheckedSection]
    private let opened: Set<SectionKey>

    package init(_ context: CheckContext) {
        self.context = context
        input = LoaderInput(context.region, at: 8)
        var records: [Int: SectionRecord] = [:]
        for record in context.records where record.kind != .live && record.size > 0 {
            records[record.offset] = records[record.offset] ?? record
        }
        self.records = records
        devices = Dictionary(
            context.sections.lazy.filter { $0.record.kind == .full }.map { ($0.record.offset, $0) },
            uniquingKeysWith: { first, _ in first })
        opened = Set(context.sections.lazy.filter { $0.record.kind == .start }.map(\.key))
    }

    /// Reads the stream. O(sections + bytes of damaged ones).
    package mutating func run() -> LoadOutcome {
        do throws(End) {
            try configuration()
            while try section() {}
            return .loads
        } catch {
            switch error {
            case .stop(var stop):
                stop.path = context.path(at: stop.offset)
                return .stops(stop)
            case .unknown: return .unknown
            }
        }
    }

    // MARK: Sections

    // False at the end mark.
    private mutating func section() throws(End) -> Bool {
        start = input.position
        // In postcopy the destination waits for another connection, and continues there with a section
        // (migration/savevm.c postcopy_pause_incoming, 2.12 to 11.1).
        if let record = records[start],
            let next = context.document.store.connection(after: record, gap: records[record.end])
        {
            input.position = next
            return true
        }
        guard let byte = input.peek() else {
            throw stop(
                .streamCut, at: start, size: 0, "the stream ends without the end mark", .streamEnd)
        }
        _ = input.byte()
        switch SectionType(rawValue: byte) {
        case .endOfFile: return false
        case .start: try opening(isLive: true)
        case .full: try opening(isLive: false)
        case .part, .end: try continuation()
        case .command: try command()
        default:
            throw stop(
                .sectionType, at: start, size: 1,
                "expected a section, found 0x\(Hex.digits(UInt64(byte), width: 2))",
                .unknownType(byte))
        }
        return true
    }

    private mutating func opening(isLive: Bool) throws(End) {
        let id = UInt32(truncatingIfNeeded: input.number(4))
        let length = Int(input.byte())
        let nameStart = input.position
        let bytes = input.bytes(length)
        guard length > 0, bytes.count == length else {
            throw stop(
                .sectionCut, at: nameStart, size: bytes.count, "the name of the section is empty",
                .noName(id: id))
        }
        let instance = UInt32(truncatingIfNeeded: input.number(4))
        let versionStart = input.position
        let version = UInt32(truncatingIfNeeded: input.number(4))
        guard !input.isPastEnd else {
            throw stop(
                .sectionCut, at: input.position, size: 0, "the stream ends inside the header of a section",
                .noVersion)
        }
        // QEMU compares names as C strings.
        let name = Array(bytes.prefix { $0 != 0 })
        let key = SectionKey(name: name, instance: instance)
        let text = DisplayText.escaped(bytes: name)
        guard isKnown(key) else {
            guard context.target != nil else { throw .unknown }
            throw stop(
                .sectionUnknown, at: nameStart, size: length,
                "the destination has no section \(text) #\(instance)",
                .unknownSection(text, instance), hint: DeviceAdvice.advice(text))
        }
        if let local = localVersion(key), version > local {
            throw stop(
                .sectionVersion, at: versionStart, size: 4,
                "version \(version), but the destination has \(local)",
                .unsupportedVersion(version, of: text, local: local),
                hint: "use an older machine type on the source, or a newer QEMU on the destination")
        }
        try stopAtKnown(.sectionVersion, in: versionStart..<versionStart + 4)
        handlers[id] = (key, isLive)
        let wrapper = QEMULog.Wrapper.device(name: text, instance: instance)
        try isLive ? live() : device(key, wrapper)
        try footer(id, text)
    }

    private mutating func continuation() throws(End) {
        let id = UInt32(truncatingIfNeeded: input.number(4))
        guard !input.isPastEnd else {
            throw stop(
                .sectionCut, at: input.position, size: 0, "the stream ends inside the header of a section",
                .noSectionID)
        }
        guard let handler = handlers[id] else {
            throw stop(
                .sectionUnopened, at: start + 1, size: 4, "no previous section has the id \(id)",
                .unopened(id: id))
        }
        let name = DisplayText.escaped(bytes: handler.key.name)
        if handler.isLive {
            try live()
        } else {
            try device(handler.key, .section(id: id, name: name))
        }
        try footer(id, name)
    }

    private func isKnown(_ key: SectionKey) -> Bool {
        if context.target != nil {
            if context.targetSections[key] != nil { return true }
            return TargetFacts.isOnlyRead(key, context)
        }
        return context.devices[key] != nil || opened.contains(key)
    }

    private func localVersion(_ key: SectionKey) -> UInt32? {
        context.targetSections[key]?.version ?? context.devices[key]?.version
    }

    // MARK: Bodies

    // Accepts a live section according to its rules' findings.
    private mutating func live() throws(End) {
        guard let record = records[start], record.isSection || record.kind == .gap else { throw .unknown }
        let range = record.offset..<max(record.end, record.offset + 1)
        let known = context.findings.filter {
            $0.severity == .error && !$0.qemu.isEmpty
                && ($0.code.entry.subject == .ram || $0.code == .pageAttributes)
                && (range.contains($0.offset) || $0.offset == context.region.count && record.kind == .gap)
        }
        if let first = known.min(by: { $0.offset < $1.offset }) { throw .stop(Self.stop(first, range)) }
        guard let section = context.document.store.checked(record) else { throw .unknown }
        guard record.kind == .start || isWhole(record) else {
            guard let end = ramEnd(record) else { throw .unknown }
            input.position = end
            return
        }
        input.position = section.bodyEnd
    }

    // Whether reading reached the section's own footer.
    private func isWhole(_ record: SectionRecord) -> Bool {
        let range = record.offset..<record.end
        return !context.document.findings.contains {
            ($0.code == .sectionFormat || $0.code == .gap) && range.contains($0.offset)
        }
            && (record.layout.isNone || !context.table.hasErrors(record.layout))
    }

    // The offset after the EOS of a RAM section whose footer is damaged.
    private func ramEnd(_ record: SectionRecord) -> Int? {
        let document = context.document
        guard record.kind != .start, document.store.table.names.bytes(record.name).elementsEqual("ram".utf8)
        else {
            return nil
        }
        var reader = RAMReader(
            pageSize: document.store.state.pageSize, blocks: document.store.state.blocks,
            names: document.store.table.names,
            lastBlock: record.lastBlock)
        var position = record.offset + 5
        var window = ForwardWindow(context.region, from: position, limit: context.region.count)
        defer { window.close() }
        while let page = try? reader.read(context.region, at: position, limit: context.region.count) {
            position += page.size
            window.move(to: position)
            if page.kind == .eos { return position }
        }
        return nil
    }

    private mutating func device(_ key: SectionKey, _ wrapper: QEMULog.Wrapper) throws(End) {
        let section = devices[start]
        guard let device = context.devices[key] else {
            // An old-style handler reads as many bytes as the section has.
            guard let section else { throw .unknown }
            try stopAtKnown(.pageAttributes, in: section.bodyOffset..<section.bodyEnd)
            input.position = section.bodyEnd
            return
        }
        if let words = TargetFacts.cardAssertion(key, context) {
            throw stop(
                .valueRange, at: start, size: input.position - start,
                "the destination's QEMU aborts because of an SD card on SPI",
                QEMULog([words], cause: .field, in: wrapper, .aborted),
                hint: "no stream with an SD card on SPI can be loaded: omit the card on both sides")
        }
        let model = section ?? context.targetSections[key]
        let isSound = section.map { context.isSound($0) } ?? false
        let own = section.flatMap { isSound ? context.bodyLayout($0, device) : nil }
        let (table, layout) = context.pointerLayout(key) ?? (context.table, own ?? device.layout)
        let target = section.flatMap { isSound && !isOldStyle(device) ? localLayout($0.key) : nil }
        var loader = BodyLoader(
            context.region, table: target == nil ? table : context.table, at: input.position,
            limit: context.region.count, skipsPlain: isSound,
            judge: model.map {
                FieldJudge(
                    $0.key, received: section, context, table: target == nil ? table : context.table)
            })
        loader.minimums = context.minimums
        if let target = context.target {
            loader.machine = target.store.machine ?? ""
            loader.target = target
        }
        if context.target != nil { loader.version = context.version }
        do throws(LoadFailure) {
            if let target {
                try loader.load(
                    own ?? device.layout, version: section?.version ?? localVersion(key) ?? 0,
                    asTarget: target.layout, at: target.offset, target.model)
            } else {
                try loader.load(layout)
            }
            input.position = loader.position
        } catch {
            throw stop(error, in: DisplayText.escaped(bytes: key.name), wrapper)
        }
        guard let section else { return }
        if key.name.elementsEqual("spapr".utf8), let failure = PseriesCapabilities.failure(context) {
            throw stop(
                failure.completed("spapr", version: localVersion(key) ?? 0, context.minimums), in: "spapr",
                wrapper)
        }
        // The run state and guest memory, which rules check and the loader's judge does not.
        if ["globalstate", GuestWords.romSection].contains(where: { key.name.elementsEqual($0.utf8) }) {
            try stopAtKnown(.valueRange, in: section.bodyOffset..<section.bodyEnd)
        }
        // Parts after the fields that were read, and inside opaque ones.
        for code: FindingCode in [.cpuRegisters, .fieldEqual, .virtioFeatures, .virtioQueues] {
            try stopAtKnown(code, in: section.bodyOffset..<section.bodyEnd)
        }
    }

    // An old-style section: one `data` field with all written bytes, which contain their own length, and no
    // description gives it (migration/savevm.c vmstate_save_old_style).
    private func isOldStyle(_ device: DescribedDevice) -> Bool {
        let layout = context.table[device.layout]
        let items = context.table.items(of: device.layout)
        return layout.vmsdName == .empty && items.count == 1
            && items.allSatisfy { context.table.names.bytes($0.name).elementsEqual("data".utf8) }
    }

    // The target's own layout of a section, and the offset of its bytes; nil without one.
    private func localLayout(
        _ key: SectionKey
    ) -> (layout: LayoutID, offset: Int, model: TargetModel)? {
        guard let target = context.target, let model = context.targetSections[key],
            let body = CheckContext.layout(of: model, context.targetDevices[key], target.store.table)
        else { return nil }
        return (body.layout, body.offset, TargetModel(table: target.store.table, region: target.store.region))
    }

    private mutating func footer(_ id: UInt32, _ name: String) throws(End) {
        guard (context.target ?? context.document).store.state.hasFooters != false else { return }
        let place = input.position
        guard let mark = input.peek() else {
            throw stop(
                .sectionCut, at: place, size: 0, "the stream ends before the footer of \(name)",
                .footerCut(id: id))
        }
        _ = input.byte()
        guard mark == SectionType.footer.rawValue else {
            throw stop(
                .footerMissing, at: place, size: 1,
                "expected 7e (FOOTER) after \(name), found 0x\(Hex.digits(UInt64(mark), width: 2))",
                .missingFooter(name, id: id))
        }
        let found = UInt32(truncatingIfNeeded: input.number(4))
        guard found == id else {
            let (read, wanted) = ("0x" + Hex.digits(UInt64(found)), "0x" + Hex.digits(UInt64(id)))
            throw stop(
                .footerID, at: place + 1, size: 4, "expected section id \(wanted), found \(read)",
                .wrongFooter(name, read: found, expected: id))
        }
    }

    // MARK: Stops

    // The bytes read as the current section.
    private var range: Range<Int> {
        start..<max(records[start]?.end ?? input.position, input.position, start + 1)
    }

    package func stop(
        _ code: FindingCode, at offset: Int, size: Int, _ message: String, _ log: QEMULog, hint: String = ""
    ) -> End {
        .stop(
            LoadStop(
                code: code, offset: offset, size: size, message: message, hint: hint,
                qemu: log.text(context.wording), range: range))
    }

    private func stop(_ failure: LoadFailure, in name: String, _ wrapper: QEMULog.Wrapper) -> End {
        .stop(
            LoadStop(
                code: failure.findingCode,
                offset: failure.offset, size: failure.size, message: "\(name): \(failure.message)",
                hint: failure.hint, qemu: failure.log(in: wrapper).text(context.wording),
                range: range))
    }

    // Throws if a rule has already found that the loader stops here.
    package func stopAtKnown(_ code: FindingCode, in range: Range<Int>) throws(End) {
        let known = context.findings.first {
            $0.code == code && $0.severity == .error && !$0.qemu.isEmpty && range.contains($0.offset)
        }
        if let known { throw .stop(Self.stop(known, self.range)) }
    }

    private static func stop(_ finding: Finding, _ range: Range<Int>) -> LoadStop {
        LoadStop(
            code: finding.code, offset: finding.offset, size: finding.size, message: finding.message,
            hint: finding.hint, qemu: finding.qemu, range: range)
    }
}

/// The configuration section (migration/savevm.c vmstate_configuration, 7.2 and 10.0).
extension StreamLoader {
    /// The smallest page size, in bits, of targets with a variable page size (Arm), which QEMU assumes
    /// without the subsection.
    private static let leastPageBits = 10

    package mutating func configuration() throws(End) {
        start = 8
        let hasOwn = input.peek() == SectionType.configuration.rawValue
        guard context.target.map({ $0.store.state.machine != nil }) ?? hasOwn else { return }
        guard hasOwn else {
            throw stop(
                .configurationMissing, at: 8, size: 1, "expected 07 (CONFIGURATION), found another section",
                .noConfiguration(input.peek() ?? 0),
                hint:
                    "the source's machine type is 2.3 or older: start the destination with the same machine type"
            )
        }
        _ = input.byte()
        let length = Int(input.number(4))
        let nameStart = input.position
        let name = input.bytes(length)
        guard !input.isPastEnd else {
            throw stop(
                .sectionCut, at: 9, size: 4,
                "the machine type has \(length) bytes, more than the rest of the stream",
                QEMULog(
                    [], cause: .end(structure: "configuration"),
                    chain: [FieldStep(structure: "configuration", field: "name", type: "buffer")],
                    .inputOutput))
        }
        let pageBits = try configurationSubsections()
        try machine(name, at: nameStart)
        if let local = context.target?.store.state.targetPageBits {
            let received = pageBits ?? Self.leastPageBits
            guard received == local else {
                throw stop(
                    .pageBits, at: 9, size: 0,
                    "pages have 2^\(received) bytes, but 2^\(local) on the destination",
                    .pageBits(received, local: local))
            }
        }
        for code: FindingCode in [.capability, .uuid] { try stopAtKnown(code, in: 8..<input.position) }
    }

    // Returns the page bits, if present.
    private mutating func configurationSubsections() throws(End) -> Int? {
        var pageBits: Int?
        let region = context.region
        while let header = SubsectionHeader(region, at: input.position, limit: region.count),
            header.name.count > "configuration".utf8.count,
            region.matches("configuration", at: header.name.lowerBound)
        {
            let name = DisplayText.escaped(bytes: region.copy(header.name).prefix { $0 != 0 })
            let version = header.version & 0xff
            input.position = header.end
            let read: (inout LoaderInput) -> Int? =
                switch name {
                case "configuration/target-page-bits": { Int($0.number(4)) }
                case "configuration/capabilities": Self.capabilities
                case "configuration/uuid":
                    {
                        $0.skip(16)
                        return nil
                    }
                default:
                    throw stop(
                        .subsectionUnknown, at: header.name.lowerBound, size: header.name.count,
                        "subsection \(name) is unknown",
                        QEMULog(
                            [], cause: .unknownSubsection(name: name, parent: "configuration"), .noEntry))
                }
            guard version == 1 else {
                throw stop(
                    .subsectionVersion, at: header.name.upperBound, size: 4,
                    "subsection \(name) has version \(version), expected 1",
                    QEMULog(
                        [],
                        cause: version > 1
                            ? QEMULog.tooNew(name, version, local: 1)
                            : QEMULog.tooOld(name, version, minimum: 1),
                        subsections: [SubsectionStep(name: name, parent: "configuration", depth: 0)]))
            }
            pageBits = read(&input) ?? pageBits
        }
        return pageBits
    }

    // A count, then counted names.
    private static func capabilities(_ input: inout LoaderInput) -> Int? {
        var left = input.number(4)
        while left > 0, !input.isPastEnd {
            input.skip(Int(input.byte()))
            left -= 1
        }
        return nil
    }

    // Compared over the received length, as C strings.
    private func machine(_ received: [UInt8], at offset: Int) throws(End) {
        let local: [UInt8]
        if let dump = context.dump?.machine {
            local = Array(dump.utf8)
        } else if let target = context.target, let name = target.store.state.machine {
            local = Array(target.store.table.names.bytes(name))
        } else {
            return
        }
        let text = Array(received.prefix { $0 != 0 })
        guard text.count == received.count ? !local.starts(with: text) : local != text else { return }
        let (here, there) = (DisplayText.escaped(bytes: text), DisplayText.escaped(bytes: local))
        throw stop(
            .machine, at: offset, size: received.count,
            "machine type is \(here), the destination's is \(there)",
            .machine(here, local: there), hint: "start the destination with -machine \(here)")
    }
}

/// Commands (migration/savevm.c loadvm_process_command, 7.2 and 10.0).
extension StreamLoader {
    package mutating func command() throws(End) {
        let number = UInt16(truncatingIfNeeded: input.number(2))
        let length = Int(input.number(2))
        guard !input.isPastEnd else {
            throw stop(
                .streamCut, at: input.position, size: 0, "the stream ends inside a command", .streamEnd)
        }
        let isNew =
            number == CommandKind.switchoverStart.rawValue && context.isOldLoader && context.target != nil
        guard let kind = CommandKind(rawValue: number), kind != .invalid, !isNew else {
            throw stop(
                .command, at: start + 1, size: 2, "command \(number) is unknown",
                QEMULog(.unknownCommand, [Hex.digits(UInt64(number)), Hex.digits(UInt64(length))]))
        }
        if let expected = CommandLengths.only(kind), expected != length {
            throw stop(
                .command, at: start + 3, size: 2,
                "\(kind.label) has \(expected) bytes of payload, found \(length)",
                QEMULog(.commandLength, [kind.label, String(expected), String(length)], .outOfRange))
        }
        try accept(kind, length)
    }

    private mutating func accept(_ kind: CommandKind, _ length: Int) throws(End) {
        switch kind {
        case .ping:
            try stopAtKnown(.command, in: start..<start + 1)
            input.skip(length)
        case .postcopyResume, .switchoverStart: input.skip(length)
        case .postcopyListen, .postcopyRun,
            .postcopyRAMDiscard where !isAdvised:
            throw stop(
                .command, at: start, size: 5, "\(kind.label) without POSTCOPY_ADVISE before it",
                QEMULog(.wrongState, [kind.label, "0"], .notPermitted))
        default: throw .unknown
        }
    }

    private var isAdvised: Bool {
        context.document.store.records.contains { $0.command == .postcopyAdvise && $0.offset < start }
    }
}

/// The bytes of a stream as QEMU's loader reads them: reads past the end return zeros and set an error
/// (migration/qemu-file.c, 7.2 and 10.0).
package struct LoaderInput {
    package let region: MappedRegion
    /// The offset in bytes from the start of the stream.
    package var position: Int
    /// Whether a read went past the end.
    package private(set) var isPastEnd = false

    package init(_ region: MappedRegion, at position: Int) {
        self.region = region
        self.position = position
    }

    /// Returns the next byte without consuming it; nil past the end.
    package func peek(_ distance: Int = 0) -> UInt8? { region.byte(at: position.addingSaturated(distance)) }

    package mutating func byte() -> UInt8 {
        guard let byte = region.byte(at: position) else {
            isPastEnd = true
            return 0
        }
        position += 1
        return byte
    }

    /// Reads a big-endian number of this many bytes, at most 8.
    package mutating func number(_ size: Int) -> UInt64 {
        (0..<size).reduce(0) { value, _ in value << 8 | UInt64(byte()) }
    }

    /// Reads at most `size` bytes.
    package mutating func bytes(_ size: Int) -> [UInt8] {
        let start = position
        skip(size)
        return region.copy(start..<position)
    }

    package mutating func skip(_ size: Int) {
        let left = region.count - position
        isPastEnd = isPastEnd || size > left
        position += max(0, min(size, left))
    }
}
