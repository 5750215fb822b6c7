import Bytes
import Format
import Stream

/// The START section of `ram`: its list of blocks, compared with the target's (migration/ram.c
/// parse_ramblocks, 7.2 and 10.0).
package enum RAMBlockRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        let ram = Array("ram".utf8)
        let cut = context.records.compactMap { cutSection($0, context) }
        for section in context.sections.filter({ $0.record.kind == .start }) + cut
        where section.key.name == ram { read(section, &context) }
    }

    // A START section that the end of the file cuts.
    private static func cutSection(_ gap: SectionRecord, _ context: CheckContext) -> CheckedSection? {
        guard gap.kind == .gap, context.region.byte(at: gap.offset) == SectionType.start.rawValue,
            let header = SectionHeader(context.region, at: gap.offset)
        else { return nil }
        let name = context.region.copy(header.name)
        return CheckedSection(
            record: gap, section: .init(.start, header), bodyOffset: gap.offset + header.size,
            bodyEnd: gap.end,
            key: SectionKey(name: name, instance: header.instance), name: DisplayText.escaped(bytes: name))
    }

    private struct SentBlock {
        package var name: [UInt8]
        /// The offsets of its idstr and its length.
        package var nameOffset: Int
        package var lengthOffset: Int
        package var length: UInt64
    }

    // Reads the words of the section, as the loader does.
    private static func read(_ section: CheckedSection, _ context: inout CheckContext) {
        let region = context.region
        let mask = UInt64(max(context.document.store.state.pageSize, 1024) - 1)
        var position = section.bodyOffset
        while let word = region.bigEndian(UInt64.self, at: position) {
            switch word & mask {
            case RAMFlag.memSize:
                guard let end = list(section, at: position, total: word & ~mask, &context) else { return }
                position = end
            case RAMFlag.multifdFlush: position += 8
            case RAMFlag.eos: return
            case let flags:
                let reader = RAMReader(
                    pageSize: context.document.store.state.pageSize,
                    blocks: context.document.store.state.blocks,
                    names: context.table.names)
                return context.add(
                    .error, .ramFlags, at: position, size: 8,
                    "expected the end of the block list (EOS), found flags 0x\(Hex.digits(flags))",
                    hint: "these bytes are damaged",
                    qemu: QEMULog(
                        handler: RAMFault.lines(at: position, reader, context), version: 4,
                        in: section.wrapper))
            }
        }
        let end = RAMFault.headerCut(position, context)
        context.add(
            .error, end.code, at: region.count, "the stream ends inside the list of RAM blocks",
            hint: "the file is cut",
            qemu: QEMULog(handler: end.lines, version: 4, in: section.wrapper, end.failure))
    }

    /// The maximum number of blocks; no machine has more.
    private static let entryLimit = 1 << 16

    // Returns the end of the list, or nil when nothing more can be read.
    private static func list(
        _ section: CheckedSection, at offset: Int, total: UInt64, _ context: inout CheckContext
    ) -> Int? {
        var blocks: [[UInt8]: UInt64] = [:]
        let target = context.target?.store.ramBlockSizes() ?? [:]
        var left = total
        var position = offset + 8
        var isGood = true
        var count = 0
        var last: SentBlock?
        while left > 0, count < Self.entryLimit {
            guard let entry = entry(at: position, context) else {
                return cut(at: position, left: left, behind: last, section, target, &context)
            }
            last = entry
            count += 1
            if blocks.updateValue(entry.length, forKey: entry.name) != nil { doubled(entry, &context) }
            if !target.isEmpty {
                let blocks = context.document.store.state.blocks
                let block = count <= blocks.count ? blocks[count - 1] : nil
                isGood = compare(entry, section, target, mapped: block, &context) && isGood
            }
            position = entry.lengthOffset + 8 + extra(entry, context)
            if let fault = MappedRAMFault(block: count - 1, at: entry.lengthOffset + 8, context) {
                fault.report(entry.name, section, &context)
                return nil
            }
            // The loader subtracts without checking the remainder, and reads on.
            if entry.length > left {
                if isGood, target.isEmpty { overrun(entry, section, &context) }
                if !isGood || target.isEmpty { return nil }
            }
            left &-= entry.length
        }
        guard left == 0 else { return nil }
        for name in target.keys.filter({ blocks[$0] == nil }).sorted(by: { $0.lexicographicallyPrecedes($1) })
        {
            absent(name, at: position, &context)
        }
        return position
    }

    private static func entry(at position: Int, _ context: CheckContext) -> SentBlock? {
        guard let size = context.region.byte(at: position) else { return nil }
        let length = position + 1 + Int(size)
        guard let used = context.region.bigEndian(UInt64.self, at: length) else { return nil }
        // QEMU compares names as C strings.
        return SentBlock(
            name: Array(context.region.copy(position + 1..<length).prefix { $0 != 0 }),
            nameOffset: position + 1, lengthOffset: length,
            length: used)
    }

    // The file ends inside an entry. Reads past the end return zeros, and the loader's buffer still has the
    // name of the previous entry. Returns the end of the list, or nil when nothing more can be read.
    private static func cut(
        at position: Int, left: UInt64, behind last: SentBlock?, _ section: CheckedSection,
        _ target: [[UInt8]: UInt64], _ context: inout CheckContext
    ) -> Int? {
        let region = context.region
        let size = Int(region.byte(at: position) ?? 0)
        let there = region.copy(position + 1..<position + 1 + size)
        let kept = (last?.name ?? []).dropFirst(there.count).prefix(size - there.count)
        let bytes = region.copy(position + 1 + size..<position + 9 + size)
        let entry = SentBlock(
            name: Array((there + kept).prefix { $0 != 0 }), nameOffset: min(position + 1, region.count),
            lengthOffset: min(position + 1 + size, region.count),
            length: (0..<8).reduce(0) { $0 << 8 | UInt64($1 < bytes.count ? bytes[$1] : 0) })
        guard !target.isEmpty, compare(entry, section, target, &context) else { return nil }
        guard entry.length != left else { return region.count }
        // The loader continues with a block without a name.
        let nameless = SentBlock(name: [], nameOffset: region.count, lengthOffset: region.count, length: 0)
        _ = compare(nameless, section, target, &context)
        return nil
    }

    // The number of bytes after the length that reading the list has found.
    private static func extra(_ entry: SentBlock, _ context: CheckContext) -> Int {
        let path = context.document.tree.knownPath(atOffset: entry.lengthOffset)
        guard let parent = path.parent else { return 0 }
        let node = context.document.tree.node(parent)
        guard node.role == .ram, node.offset == entry.nameOffset - 1 else { return 0 }
        return max(0, node.range.upperBound - entry.lengthOffset - 8)
    }

    private static func compare(
        _ entry: SentBlock, _ section: CheckedSection, _ target: [[UInt8]: UInt64], mapped: RAMBlock? = nil,
        _ context: inout CheckContext
    ) -> Bool {
        let name = DisplayText.escaped(bytes: entry.name)
        guard let local = target[entry.name] else {
            let known = target.keys.map { DisplayText.escaped(bytes: $0) }.sorted().joined(separator: ", ")
            context.add(
                .error, .ramBlockUnknown, at: entry.nameOffset, size: entry.name.count,
                "the destination has no RAM block \(name), only \(known)",
                hint:
                    "a block belongs to a device, a DIMM or a memory backend: give the destination the same one",
                qemu: QEMULog(
                    handler: ["Unknown ramblock \"\(name)\", cannot accept migration"], version: 4,
                    in: section.wrapper))
            return false
        }
        guard let mapped, mapped.mapped != nil else { return resize(entry, name, local, section, &context) }
        let place = entry.lengthOffset
        if let fault = MappedRAMFault(block: mapped, at: place, holding: local, context) {
            fault.report(entry.name, section, &context)
            return false
        }
        if entry.length != local {
            context.add(
                .note, .ramBlockSize, at: place, size: 8,
                "\(name) has 0x\(Hex.digits(entry.length)) bytes, the destination's 0x\(Hex.digits(local))",
                hint:
                    "QEMU does not compare them in a mapped-ram file: give the guest the same memory",
                certainty: .possible)
        }
        return true
    }

    // softmmu/physmem.c qemu_ram_resize, 7.2 and 10.0: it compares whole host pages.
    private static func resize(
        _ entry: SentBlock, _ name: String, _ local: UInt64, _ section: CheckedSection,
        _ context: inout CheckContext
    ) -> Bool {
        let length = BlockLength.hostPages(entry.length)
        guard length != local || entry.length != local else { return true }
        // Tables for firmware may grow at load.
        let isResizable = entry.name.starts(with: "/rom@".utf8)
        let limit = isResizable ? BlockLength.largest[name] : nil
        let (received, there) = ("0x" + Hex.digits(length), "0x" + Hex.digits(local))
        let line: String? =
            if length == local {
                nil
            } else if !isResizable {
                "Size mismatch: \(name): \(received) != \(there): Invalid argument"
            } else if let limit, length > limit {
                "Size too large: \(name): \(received) > 0x\(Hex.digits(limit)): Invalid argument"
            } else {
                nil
            }
        context.add(
            line == nil ? .note : .error, .ramBlockSize, at: entry.lengthOffset, size: 8,
            "\(name) has 0x\(Hex.digits(entry.length)) bytes, the destination's \(there)",
            hint: "use the same -m, video memory, romfile= and firmware image",
            qemu: line.map { QEMULog(handler: [$0], version: 4, in: section.wrapper) },
            certainty: line == nil ? .possible : .certain)
        return line == nil
    }

    private static func doubled(_ entry: SentBlock, _ context: inout CheckContext) {
        context.add(
            .warning, .ramBlockDoubled, at: entry.nameOffset, size: entry.name.count,
            "RAM block \(DisplayText.escaped(bytes: entry.name)) is listed twice",
            hint: "these bytes are damaged")
    }

    private static func overrun(_ entry: SentBlock, _ section: CheckedSection, _ context: inout CheckContext)
    {
        context.add(
            .error, .ramBlockSize, at: entry.lengthOffset, size: 8,
            "\(DisplayText.escaped(bytes: entry.name)) has 0x\(Hex.digits(entry.length)) bytes, more than the rest of the total",
            hint: "this length or the total before the list is damaged",
            qemu: QEMULog(handler: [], version: 4, in: section.wrapper), certainty: .likely)
    }

    private static func absent(_ name: [UInt8], at offset: Int, _ context: inout CheckContext) {
        context.add(
            .note, .ramBlockAbsent, at: offset,
            "the destination has a RAM block \(DisplayText.escaped(bytes: name)) that the stream lacks",
            hint: "QEMU loads it anyway and leaves that block unchanged", certainty: .possible)
    }
}

extension StreamStore {
    /// Returns the size in bytes of each RAM block, by name.
    package func ramBlockSizes() -> [[UInt8]: UInt64] {
        var result: [[UInt8]: UInt64] = [:]
        for block in state.blocks { result[Array(table.names.bytes(block.name))] = UInt64(block.usedLength) }
        return result
    }
}
