import Bytes

/// `dirty-bitmap`: the dirty bitmaps of block devices (migration/block-dirty-bitmap.c, 2.12 to 11.1).
///
/// A name is sent when it changes, so the node and the bitmap of a chunk may come from earlier sections.
package struct DirtyBitmapSection: LiveSection {
    package init() {}

    private var node: NameID?
    private var bitmap: NameID?

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool {
        idstr.elementsEqual("dirty-bitmap".utf8)
    }

    package mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch) {
        guard type != .full else { throw reader.mismatch("a live section") }
        var stretch = (node: node, bitmap: bitmap)
        reader.begin(.array)
        for _ in 0..<LiveSections.chunkLimit {
            let flags = try BitmapFlags(reader)
            if flags == .eos {
                Self.end(stretch, &reader)
                return try flags.read(&reader)
            }
            reader.begin()
            try chunk(flags, &reader)
            let item = reader.close(.empty, "chunk")
            if stretch != (node, bitmap) {
                Self.end(stretch, &reader)
                reader.begin(.array)
                stretch = (node, bitmap)
            }
            if let item { reader.place(item) }
            if flags.contains(.eos) { return Self.end(stretch, &reader) }
        }
        throw reader.mismatch("the end of the dirty bitmaps")
    }

    private mutating func chunk(_ flags: BitmapFlags, _ reader: inout LeafReader) throws(Mismatch) {
        try flags.read(&reader)
        if flags.contains(.deviceName) { node = try reader.text("node") }
        if flags.contains(.bitmapName) { bitmap = try reader.text("bitmap") }
        guard node != nil, bitmap != nil else {
            throw reader.mismatch("a chunk after the names of node and bitmap")
        }
        if flags.contains(.start) {
            let granularity = try reader.integer("granularity", as: UInt32.self)
            guard granularity >= 512, granularity.nonzeroBitCount == 1 else {
                throw reader.mismatch("a granularity that is a power of two of 512 or more")
            }
            try reader.integer("bitmap_flags", as: UInt8.self)
        } else if flags.contains(.bits) {
            try reader.integer("first_sector", as: UInt64.self)
            try reader.integer("sectors", as: UInt32.self)
            guard !flags.contains(.zeroes) else { return }
            let size = try reader.integer("size", as: UInt64.self)
            try reader.bytes("bits", count: Int(clamping: size))
        }
    }

    // Groups the chunks of one bitmap under its name.
    private static func end(_ stretch: (node: NameID?, bitmap: NameID?), _ reader: inout LeafReader) {
        let node = reader.table.names.bytes(stretch.node ?? .empty)
        let bitmap = reader.table.names.bytes(stretch.bitmap ?? .empty)
        reader.end(reader.table.names.intern(node + [UInt8(ascii: "/")] + bitmap), "dirty bitmap")
    }
}

/// The flags at the start of each chunk: one byte from all known writers.
package struct BitmapFlags: OptionSet, Sendable {
    package let rawValue: UInt8

    package static let eos = BitmapFlags(rawValue: 0x01)
    package static let zeroes = BitmapFlags(rawValue: 0x02)
    package static let bitmapName = BitmapFlags(rawValue: 0x04)
    package static let deviceName = BitmapFlags(rawValue: 0x08)
    package static let start = BitmapFlags(rawValue: 0x10)
    package static let complete = BitmapFlags(rawValue: 0x20)
    package static let bits = BitmapFlags(rawValue: 0x40)
    /// More flag bytes follow.
    package static let extra = BitmapFlags(rawValue: 0x80)

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Reads the flags at the reader's position without advancing.
    package init(_ reader: LeafReader) throws(Mismatch) {
        guard reader.left > 0, let byte = reader.region.byte(at: reader.position) else {
            throw reader.mismatch("the flags of a chunk")
        }
        self.init(rawValue: byte)
        let kind = intersection([.start, .complete, .bits])
        guard !contains(.extra), kind.rawValue.nonzeroBitCount == 1 || self == .eos else {
            throw reader.mismatch("the flags of a chunk")
        }
    }

    package func read(_ reader: inout LeafReader) throws(Mismatch) {
        try reader.integer("flags", as: UInt8.self, type: "bitmap flags")
    }

    /// The set flags as text.
    package var label: String {
        let words: [(BitmapFlags, String)] = [
            (.start, "START"), (.complete, "COMPLETE"), (.bits, "BITS"), (.zeroes, "ZEROES"),
            (.deviceName, "DEVICE_NAME"), (.bitmapName, "BITMAP_NAME"), (.eos, "EOS"),
        ]
        return words.filter { contains($0.0) }.map(\.1).joined(separator: " ")
    }
}
