import Bytes
import Format
import Stream

/// Where reading stops: gaps, cut sections, no end mark (migration/savevm.c qemu_loadvm_state_main, 7.2 and 10.0).
package enum EndRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        for record in context.records where record.kind == .gap && !isAfterEnd(record, context) {
            gap(record, &context)
        }
        endMark(&context)
        behindEndMark(&context)
    }

    // QEMU complains and goes on: the guest is loaded by then.
    private static func behindEndMark(_ context: inout CheckContext) {
        let region = context.region
        guard let end = context.document.firstEndMark, let found = region.byte(at: end + 1),
            let description = context.document.overview.description, description.source == "stream",
            !context.records.contains(where: { $0.isSection && $0.offset > end })
        else { return }
        let frame = description.offset - 5
        guard frame > end + 1, region.byte(at: frame) == SectionType.description.rawValue else { return }
        context.add(
            .warning, .descriptionUnframed, at: end + 1, size: frame - (end + 1),
            "expected 06 (VMDESCRIPTION) after the end mark, found 0x\(Hex.digits(UInt64(found), width: 2))",
            hint: "QEMU complains and loads all the same",
            qemu: QEMULog(["Expected vmdescription section, but got \(found)"], .aborted))
    }

    // The loader stops at the first end mark.
    private static func isAfterEnd(_ record: SectionRecord, _ context: CheckContext) -> Bool {
        context.document.firstEndMark.map { record.offset > $0 } ?? false
    }

    private static func endMark(_ context: inout CheckContext) {
        let records = context.records
        if let end = context.document.firstEndMark,
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
                hint: "the section before it has another length than its reader thinks, or damage",
                qemu: .unknownType(type))
        }
    }

    // A zero where a section should begin ends the stream for the loader.
    private static func early(_ record: SectionRecord, _ context: inout CheckContext) {
        context.add(
            .error, .streamEarlyEnd, at: record.offset, size: 1,
            "the end mark 00 is before the last section", hint: "what follows is never loaded",
            certainty: .likely)
    }

    private static func command(_ record: SectionRecord, _ context: inout CheckContext) {
        let left = context.region.count - record.offset
        guard left < CommandSection.headerSize else {
            return context.add(
                .error, .command, at: record.offset, size: min(5, record.size),
                "a command that is not as QEMU writes it",
                hint: "the section before it may be damaged",
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
        // The rules of RAM blocks look at the list.
        if name.elementsEqual("ram".utf8),
            context.findings.contains(where: { $0.severity == .error && $0.offset >= record.offset })
        {
            return
        }
        let wrapper = QEMULog.Wrapper.device(name: text, instance: header.instance)
        let body = record.offset + header.size
        if let device = context.devices[key], load(device, at: body, wrapper, &context) { return }
        context.add(
            .error, .sectionCut, at: context.region.count,
            "the stream ends inside section \(text), or its footer is lost",
            hint: "the file is cut: copy it again, or save again",
            qemu: QEMULog([], cause: .end(structure: text), in: wrapper, .inputOutput), certainty: .likely)
    }

    // What the loader says to a device whose section has no end; false where it finds one.
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
        guard let handler = context.document.state.handlers[id] else {
            return context.add(
                .error, .sectionUnopened, at: record.offset + 1, size: 4,
                "no START section has the id \(id)",
                hint: "the section before it may be damaged",
                qemu: .unopened(id: id))
        }
        let name = context.table.names.text(handler.name)
        guard !context.table.names.bytes(handler.name).elementsEqual("ram".utf8) else {
            return ramFooter(record, &context)
        }
        context.add(
            .error, .sectionCut, at: record.offset, size: record.size,
            "section \(name) does not end as it must",
            hint: "the file is cut, or this section is damaged",
            qemu: QEMULog([], in: .section(id: id, name: name), .inputOutput), certainty: .likely)
    }
}

extension EndRules {
    // Pages that end as they must, and nothing after them; of what ends before, the rules of pages report.
    private static func ramFooter(_ record: SectionRecord, _ context: inout CheckContext) {
        guard record.end == context.region.count, context.document.state.hasFooters == true,
            context.region.bigEndian(UInt64.self, at: record.end - 8) == RAMFlag.eos
        else { return }
        context.add(
            .error, .sectionCut, at: context.region.count, "the stream ends before the footer of ram",
            hint: "the file is cut: copy it again, or save again",
            qemu: .footerCut(id: context.region.bigEndian(UInt32.self, at: record.offset + 1) ?? 0))
    }
}
