import Bytes

/// `block`: the disks of `migrate -b` (migration/block.c, up to 9.0).
package struct BlockSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool { idstr.elementsEqual("block".utf8) }

    /// The size of a block in bytes, including the last one of a device.
    private static let blockSize = 1 << 20
    private static let sectorsPerBlock: UInt64 = 2048

    package mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch) {
        guard type != .full else { throw reader.mismatch("a live section") }
        var device: NameID?
        reader.begin(.array)
        for _ in 0..<LiveSections.chunkLimit {
            let word = try BlockWord(reader)
            if word.flags.contains(.deviceBlock) {
                reader.begin()
                let name = try block(word, &reader)
                let item = reader.close(.empty, "chunk")
                if device != name {
                    end(device, &reader)
                    reader.begin(.array)
                    device = name
                }
                if let item { reader.place(item, number: Int(word.value / Self.sectorsPerBlock)) }
            } else {
                end(device, &reader)
                try word.read(word.flags.contains(.progress) ? "progress" : "eos", &reader)
                if word.flags.contains(.eos) { return }
                device = nil
                reader.begin(.array)
            }
            if word.flags.contains(.eos) { return end(device, &reader) }
        }
        throw reader.mismatch("the end of the blocks")
    }

    private func block(_ word: BlockWord, _ reader: inout LeafReader) throws(Mismatch) -> NameID {
        try word.read("sector", &reader)
        let name = try reader.text("device")
        if !word.flags.contains(.zeroBlock) { try reader.bytes("data", count: Self.blockSize) }
        return name
    }

    private func end(_ device: NameID?, _ reader: inout LeafReader) {
        reader.end(device ?? .empty, "block device")
    }
}

/// The word at the start of each record: flags in the low 9 bits, a sector or a percentage above them.
package struct BlockWord {
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt64

        package init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        package static let deviceBlock = Flags(rawValue: 0x01)
        package static let eos = Flags(rawValue: 0x02)
        package static let progress = Flags(rawValue: 0x04)
        package static let zeroBlock = Flags(rawValue: 0x08)
    }

    package let flags: Flags
    package let value: UInt64

    package init(_ word: UInt64) {
        flags = Flags(rawValue: word & 511)
        value = word >> 9
    }

    /// Reads the word at the reader's position without advancing.
    package init(_ reader: LeafReader) throws(Mismatch) {
        guard reader.left >= 8, let word = reader.region.bigEndian(UInt64.self, at: reader.position) else {
            throw reader.mismatch("a block record")
        }
        self.init(word)
        let known: Flags = [.deviceBlock, .eos, .progress, .zeroBlock]
        guard known.isSuperset(of: flags), !flags.isDisjoint(with: [.deviceBlock, .eos, .progress]) else {
            throw reader.mismatch("the flags of a block record")
        }
    }

    package func read(_ name: String, _ reader: inout LeafReader) throws(Mismatch) {
        try reader.integer(name, as: UInt64.self, type: "block word")
    }

    /// The word in display form.
    package var label: String {
        if flags.contains(.deviceBlock) {
            return "sector \(value)" + (flags.contains(.zeroBlock) ? ", zero" : "")
        }
        return flags.contains(.progress) ? "\(value) %" : "EOS"
    }
}
