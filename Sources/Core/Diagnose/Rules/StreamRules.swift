import Bytes
import Container
import Format
import Stream

/// The first eight bytes of a stream (migration/savevm.c qemu_loadvm_state_header, 7.2 and 10.0).
package enum HeaderRules {
    /// Returns QEMU's message for a file without a stream header; a valid header gives no finding.
    package static func refusal(_ region: MappedRegion, _ wording: QEMUWording = .lines) -> [Finding] {
        guard region.matches("QEVM", at: 0) else {
            let words = LookAlike.words(region)
            return [
                Finding(
                    .error, .headerMagic, offset: 0, size: min(4, region.count), path: "header/magic",
                    message: "expected QEVM, found \(words.found)", hint: words.advice,
                    qemu: QEMULog.notAStream(region.bigEndian(UInt32.self, at: 0) ?? 0).text(wording))
            ]
        }
        guard let version = region.bigEndian(UInt32.self, at: 4) else {
            return [
                Finding(
                    .error, .headerCut, offset: region.count, path: "header/version",
                    message: "expected 8 bytes of header, found the end after \(region.count)",
                    hint: "the file is cut: copy it again, or save again",
                    qemu: QEMULog.unsupportedStream(version: 0).text(wording))
            ]
        }
        guard version != 3 else { return [] }
        return [
            Finding(
                .error, .headerVersion, offset: 4, size: 4, path: "header/version",
                message: "expected version 3, found \(version)",
                hint: version == 2
                    ? "a very old file: load it with a QEMU from its time" : "bytes 4 to 7 are damaged",
                qemu: QEMULog.unsupportedStream(version: version).text(wording))
        ]
    }
}

/// Machine type, capabilities, page size and UUID (migration/savevm.c vmstate_configuration, 7.2 and 10.0).
package enum ConfigurationRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        unknownSubsection(&context)
        if let local = context.dump?.machine {
            machine(&context, local: Array(local.utf8), certainty: .certain)
        }
        guard let target = context.target else { return newerMachine(&context) }
        if let local = target.store.state.machine {
            guard context.region.byte(at: 8) == SectionType.configuration.rawValue else {
                return missing(&context)
            }
            if context.dump?.machine == nil {
                machine(&context, local: Array(target.store.table.names.bytes(local)), certainty: .certain)
            }
        }
        pageBits(&context, target)
        for name in ["x-ignore-shared", "mapped-ram"] { capability(name, &context, target) }
        uuid(&context, target)
    }

    private static func missing(_ context: inout CheckContext) {
        context.add(
            .error, .configurationMissing, at: 8, size: 1,
            "expected 07 (CONFIGURATION), found another section",
            hint:
                "the source's machine type is 2.3 or older: start the destination with the same machine type",
            qemu: .noConfiguration(context.region.byte(at: 8) ?? 0))
    }

    // QEMU compares the received number of characters, so a longer local name with the same prefix passes.
    private static func machine(_ context: inout CheckContext, local: [UInt8], certainty: Finding.Certainty) {
        guard let name = context.document.store.state.machine else { return }
        let received = Array(context.table.names.bytes(name))
        guard !local.starts(with: received) else { return }
        let place = context.document.range(ofPath: "configuration/name") ?? 13..<13 + received.count
        let (here, there) = (DisplayText.escaped(bytes: received), DisplayText.escaped(bytes: local))
        context.add(
            .error, .machine, at: place.lowerBound, size: place.count,
            "machine type is \(here), the destination's is \(there)",
            hint: "start the destination with -machine \(here)",
            qemu: .machine(here, local: there),
            certainty: certainty)
    }

    // A version has machine types of its own number and of older ones; its message depends on the machine
    // type with which it is started instead.
    private static func newerMachine(_ context: inout CheckContext) {
        guard context.dump == nil, let loader = context.loader,
            let name = context.document.store.state.machine,
            let machine = QEMUVersion(context.table.names.text(name)), machine > loader
        else { return }
        let text = context.table.names.text(name)
        let place = context.document.range(ofPath: "configuration/name") ?? 13..<13 + text.utf8.count
        context.add(
            .error, .machine, at: place.lowerBound, size: place.count,
            "machine type is \(text), which QEMU \(loader) does not have",
            hint: "load it with QEMU \(machine) or later, or use migscope repair FILE --qemu \(loader) -o OUT"
        )
    }

    private static func pageBits(_ context: inout CheckContext, _ target: Document) {
        guard let received = context.document.store.state.targetPageBits,
            let local = target.store.state.targetPageBits,
            received != local
        else { return }
        let place = context.document.range(
            ofPath: "configuration/configuration%2ftarget-page-bits/target_page_bits")
        context.add(
            .error, .pageBits, at: place?.lowerBound ?? 8, size: place?.count ?? 0,
            "pages have 2^\(received) bytes, but 2^\(local) on the destination",
            hint: "use a CPU model with the same page size",
            qemu: .pageBits(received, local: local))
    }

    private static func capability(_ name: String, _ context: inout CheckContext, _ target: Document) {
        func has(_ document: Document) -> Bool {
            document.store.state.capabilities.contains {
                document.store.table.names.bytes($0).elementsEqual(name.utf8)
            }
        }
        let (received, local) = (has(context.document), has(target))
        guard received != local else { return }
        let place = context.document.range(ofPath: "configuration/configuration/capabilities")
        let words = (local ? "on" : "off", received ? "on" : "off")
        context.add(
            .error, .capability, at: place?.lowerBound ?? 8, size: place?.count ?? 0,
            "capability \(name) is \(words.1), but \(words.0) on the destination",
            hint: "set capability \(name) to \(words.1) on the destination",
            qemu: .capability(name, local: words.0, received: words.1))
    }

    private static func uuid(_ context: inout CheckContext, _ target: Document) {
        let path = "configuration/configuration%2fuuid/uuid.data"
        guard let received = context.document.range(ofPath: path), let local = target.range(ofPath: path)
        else {
            return
        }
        let (here, there) = (context.region.copy(received), target.store.region.copy(local))
        guard here != there else { return }
        context.add(
            .error, .uuid, at: received.lowerBound, size: received.count,
            "UUID is \(text(here)), the destination's is \(text(there))",
            hint: "start the destination with -uuid \(text(here))",
            qemu: .uuid(text(here), local: text(there)))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let parts = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
        return parts.filter { $0.upperBound <= bytes.count }.map { Hex.dump(bytes[$0], separator: "") }
            .joined(separator: "-")
    }

    // Parts of the configuration that opening could not read.
    private static func unknownSubsection(_ context: inout CheckContext) {
        guard let record = context.document.store.records.first(where: { $0.kind == .configuration }),
            context.region.byte(at: record.end) == SectionType.subsection.rawValue,
            let header = SubsectionHeader(context.region, at: record.end, limit: context.region.count),
            context.region.matches("configuration", at: header.name.lowerBound)
        else { return }
        let name = DisplayText.escaped(bytes: context.region.copy(header.name))
        context.add(
            .error, .subsectionUnknown, at: header.name.lowerBound, size: header.name.count,
            "subsection \(name) is unknown",
            hint: "the source is newer, or these bytes are damaged",
            qemu: QEMULog([], cause: .unknownSubsection(name: name, parent: "configuration"), .noEntry))
    }
}

/// Commands between the sections (migration/savevm.c loadvm_process_command, 7.2 and 10.0).
package enum CommandRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        var hasReturnPath = false
        for record in context.document.store.records {
            guard case .command(let number) = record.content else { continue }
            let length = Int(context.region.bigEndian(UInt16.self, at: record.offset + 3) ?? 0)
            guard let kind = CommandKind(rawValue: number), kind != .invalid else {
                unknown(record, number, length, &context)
                continue
            }
            if kind == .openReturnPath { hasReturnPath = true }
            if let expected = CommandLengths.all[kind], !expected.contains(length) {
                wrongLength(record, kind, expected, length, &context)
            } else if kind == .ping, !hasReturnPath {
                ping(record, &context)
            }
        }
    }

    private static func unknown(
        _ record: SectionRecord, _ number: UInt16, _ length: Int, _ context: inout CheckContext
    ) {
        context.add(
            .error, .command, at: record.offset + 1, size: 2, "command \(number) is unknown",
            hint: "the source is newer, or the previous section is damaged",
            qemu: QEMULog(
                .unknownCommand, [Hex.digits(UInt64(number)), Hex.digits(UInt64(length))]))
    }

    private static func ping(_ record: SectionRecord, _ context: inout CheckContext) {
        let cookie = context.region.bigEndian(UInt32.self, at: record.offset + 5) ?? 0
        context.add(
            .error, .command, at: record.offset, size: record.size,
            "PING without OPEN_RETURN_PATH before it",
            qemu: QEMULog(.ping, [Hex.digits(UInt64(cookie))], .notPermitted))
    }

    private static func wrongLength(
        _ record: SectionRecord, _ kind: CommandKind, _ expected: [Int], _ length: Int,
        _ context: inout CheckContext
    ) {
        context.add(
            .error, .command, at: record.offset + 3, size: 2,
            "\(kind.label) has \(expected.map(String.init).joined(separator: " or ")) bytes of payload, found \(length)",
            qemu: kind == .postcopyAdvise
                ? QEMULog(.adviseLength, [String(length)])
                : QEMULog(
                    .commandLength, [kind.label, String(expected[0]), String(length)], .outOfRange))
    }
}

/// The end of reading: gaps, cut sections, no end mark (migration/savevm.c qemu_loadvm_state_main, 7.2 and
/// 10.0).
package enum EndRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        for record in context.records where record.kind == .gap && !isAfterEnd(record, context) {
            gap(record, &context)
        }
        endMark(&context)
        behindEndMark(&context)
    }

    // QEMU prints an error and continues: the guest is already loaded.
    private static func behindEndMark(_ context: inout CheckContext) {
        let region = context.region
        guard let end = context.document.store.firstEndMark, let found = region.byte(at: end + 1),
            let description = context.document.overview.description, description.source == "stream",
            !context.records.contains(where: { $0.isSection && $0.offset > end })
        else { return }
        let frame = description.offset - 5
        guard frame > end + 1, region.byte(at: frame) == SectionType.description.rawValue else { return }
        context.add(
            .warning, .descriptionUnframed, at: end + 1, size: frame - (end + 1),
            "expected 06 (VMDESCRIPTION) after the end mark, found 0x\(Hex.digits(UInt64(found), width: 2))",
            hint: "QEMU complains and loads it anyway",
            qemu: QEMULog(["Expected vmdescription section, but got \(found)"], .aborted))
    }

    // The loader stops at the first end mark.
    private static func isAfterEnd(_ record: SectionRecord, _ context: CheckContext) -> Bool {
        context.document.store.firstEndMark.map { record.offset > $0 } ?? false
    }

    private static func endMark(_ context: inout CheckContext) {
        let records = context.records
        if let end = context.document.store.firstEndMark,
            let lost = records.filter({ $0.isSection && $0.offset > end }).map(\.offset).min()
        {
            context.add(
                .warning, .streamEarlyEnd, at: end, size: 1,
                "sections follow the end mark, from \(Hex.offset(lost)) on",
                hint: "QEMU stops at the end mark; a second stream may have been appended")
        }
        guard
            !records.contains(where: {
                $0.kind == .endOfFile || ($0.kind == .gap && $0.end == context.region.count)
            })
        else { return }
        context.add(
            .error, .streamCut, at: context.region.count,
            "the stream ends after a section, without the end mark 00",
            hint: "the file is cut: copy it again, or save again", qemu: .streamEnd)
    }

    private static func gap(_ record: SectionRecord, _ context: inout CheckContext) {
        // A section that a broken connection has cut is loaded from the next connection.
        guard context.document.store.connection(after: record, gap: nil) == nil else { return }
        let type = context.region.byte(at: record.offset) ?? 0
        switch SectionType(rawValue: type) {
        case .full, .start: opening(record, &context)
        case .part, .end: continuation(record, &context)
        case .command: command(record, &context)
        case .endOfFile: early(record, &context)
        default:
            context.add(
                .error, .sectionType, at: record.offset, size: 1,
                "expected a section, found 0x\(Hex.digits(UInt64(type), width: 2))",
                hint: "the previous section has a different length than QEMU expects, or is damaged",
                qemu: .unknownType(type))
        }
    }

    // A zero at the start of a section ends the stream for the loader.
    private static func early(_ record: SectionRecord, _ context: inout CheckContext) {
        context.add(
            .error, .streamEarlyEnd, at: record.offset, size: 1,
            "the end mark 00 is before the last section", hint: "the rest is never loaded",
            certainty: .likely)
    }

    private static func command(_ record: SectionRecord, _ context: inout CheckContext) {
        let left = context.region.count - record.offset
        guard left < CommandSection.headerSize else {
            return context.add(
                .error, .command, at: record.offset, size: min(5, record.size),
                "the command is not in the form that QEMU writes",
                hint: "the previous section may be damaged",
                qemu: .unknownType(8), certainty: .possible)
        }
        context.add(
            .error, .streamCut, at: context.region.count, "the stream ends inside a command",
            hint: "the file is cut", qemu: .streamEnd)
    }

    private static func opening(_ record: SectionRecord, _ context: inout CheckContext) {
        guard let header = SectionHeader(context.region, at: record.offset) else {
            return headerCut(record, &context)
        }
        let name = context.region.copy(header.name)
        let text = DisplayText.escaped(bytes: name)
        let key = SectionKey(name: name, instance: header.instance)
        if context.target != nil, context.targetSections[key] == nil {
            return context.add(
                .error, .sectionUnknown, at: header.name.lowerBound, size: name.count,
                "the destination has no section \(text) #\(header.instance)", hint: DeviceAdvice.advice(text),
                qemu: .unknownSection(text, header.instance))
        }
        // The rules of RAM blocks check the list.
        if name.elementsEqual("ram".utf8),
            context.findings.contains(where: { $0.severity == .error && $0.offset >= record.offset })
        {
            return
        }
        let wrapper = QEMULog.Wrapper.device(name: text, instance: header.instance)
        let shown = header.instance == 0 ? text : "\(text) #\(header.instance)"
        let body = record.offset + header.size
        if let device = context.devices[key], load(device, at: body, wrapper, &context) { return }
        context.add(
            .error, .sectionCut, at: context.region.count,
            "the stream ends inside section \(shown), or its footer is lost",
            hint: "the file is cut: copy it again, or save again",
            qemu: QEMULog([], cause: .end(structure: text), in: wrapper, .inputOutput), certainty: .likely)
    }

    // Reports the loader's failure in a device whose section has no end; returns false when it finds one.
    private static func load(
        _ device: DescribedDevice, at body: Int, _ wrapper: QEMULog.Wrapper, _ context: inout CheckContext
    ) -> Bool {
        var loader = BodyLoader(
            context.region, table: context.table, at: body, limit: context.region.count, skipsPlain: false)
        let name = context.table.names.text(device.name)
        do throws(LoadFailure) {
            try loader.load(device.layout)
        } catch {
            context.add(
                .error, error.kind == .end ? .sectionCut : .subsectionUnknown, at: error.offset,
                size: error.size,
                "\(name): \(error.message)", hint: "the file is cut, or this section is damaged",
                qemu: error.log(in: wrapper))
            return true
        }
        if footerCut(at: loader.position, of: name, device, body, &context) { return true }
        let isCut = loader.position >= context.region.count
        let header = body - SectionFrames.headerSize(nameLength: context.table.names.bytes(device.name).count)
        let id = context.region.bigEndian(UInt32.self, at: header + 1) ?? 0
        context.add(
            .error, isCut ? .sectionCut : .footerMissing, at: loader.position, size: isCut ? 0 : 1,
            "expected 7e (FOOTER) after \(name), found \(isCut ? "the end" : "another byte")",
            qemu: isCut ? .footerCut(id: id) : .missingFooter(name, id: id))
        return true
    }

    // The id of the footer is cut: the loader reads zeros past the end.
    private static func footerCut(
        at offset: Int, of name: String, _ device: DescribedDevice, _ body: Int, _ context: inout CheckContext
    ) -> Bool {
        let left = context.region.count - offset
        let header = body - SectionFrames.headerSize(nameLength: context.table.names.bytes(device.name).count)
        guard (1..<SectionFrames.footerSize).contains(left),
            context.region.byte(at: offset) == SectionType.footer.rawValue,
            let id = context.region.bigEndian(UInt32.self, at: header + 1)
        else { return false }
        let bytes = context.region.copy(offset + 1..<context.region.count)
        let read = (0..<4).reduce(UInt64(0)) { $0 << 8 | ($1 < bytes.count ? UInt64(bytes[$1]) : 0) }
        guard read != UInt64(id) else { return false }
        context.add(
            .error, .sectionCut, at: context.region.count, "the stream ends inside the footer of \(name)",
            hint: "the file is cut: copy it again, or save again",
            qemu: .wrongFooter(name, read: UInt32(truncatingIfNeeded: read), expected: id))
        return true
    }

    private static func headerCut(_ record: SectionRecord, _ context: inout CheckContext) {
        let id = Int32(bitPattern: context.region.bigEndian(UInt32.self, at: record.offset + 1) ?? 0)
        let length = Int(context.region.byte(at: record.offset + 5) ?? 0)
        let hasName = length > 0 && context.region.count - record.offset - 6 >= length
        context.add(
            .error, .sectionCut, at: context.region.count, "the stream ends inside the header of a section",
            hint: "the file is cut: copy it again, or save again",
            qemu: hasName
                ? .noVersion
                : .noName(id: UInt32(bitPattern: id)))
    }

    private static func continuation(_ record: SectionRecord, _ context: inout CheckContext) {
        guard let id = context.region.bigEndian(UInt32.self, at: record.offset + 1) else {
            return context.add(
                .error, .sectionCut, at: context.region.count,
                "the stream ends inside the header of a section",
                hint: "the file is cut",
                qemu: .noSectionID)
        }
        guard let handler = context.document.store.state.handlers[id] else {
            return context.add(
                .error, .sectionUnopened, at: record.offset + 1, size: 4,
                "no START section has the id \(id)",
                hint: "the previous section may be damaged",
                qemu: .unopened(id: id))
        }
        let name = context.table.names.text(handler.name)
        guard !context.table.names.bytes(handler.name).elementsEqual("ram".utf8) else {
            return ramFooter(record, &context)
        }
        context.add(
            .error, .sectionCut, at: record.offset, size: record.size,
            "section \(name) does not end where expected",
            hint: "the file is cut, or this section is damaged",
            qemu: QEMULog([], in: .section(id: id, name: name), .inputOutput), certainty: .likely)
    }
}

extension EndRules {
    // Complete pages with nothing after them; the rules of pages report those that end earlier.
    private static func ramFooter(_ record: SectionRecord, _ context: inout CheckContext) {
        guard record.end == context.region.count, context.document.store.state.hasFooters == true,
            context.region.bigEndian(UInt64.self, at: record.end - 8) == RAMFlag.eos
        else { return }
        context.add(
            .error, .sectionCut, at: context.region.count, "the stream ends before the footer of ram",
            hint: "the file is cut: copy it again, or save again",
            qemu: .footerCut(id: context.region.bigEndian(UInt32.self, at: record.offset + 1) ?? 0))
    }
}
