/// Writes streams from scratch, as wrong as a test wants them. All integers big-endian.
package struct StreamWriter {
    package private(set) var bytes: [UInt8] = []
    package var hasFooters: Bool

    package init(version: UInt32 = 3, footers: Bool = true) {
        hasFooters = footers
        bytes = Array("QEVM".utf8) + Self.be(version)
    }

    package var count: Int { bytes.count }

    package mutating func append(_ more: [UInt8]) { bytes += more }

    /// The configuration section with subsections: name and body of each.
    package mutating func configuration(_ machine: String = "none", _ subsections: [(String, [UInt8])] = []) {
        bytes += [0x07] + Self.be(UInt32(machine.utf8.count)) + Array(machine.utf8)
        for (name, body) in subsections { bytes += Self.subsection(name, body) }
    }

    package mutating func start(_ id: UInt32, _ name: String, version: UInt32 = 1, _ body: [UInt8]) {
        section(0x01, id, Array(name.utf8), instance: 0, version: version, body)
    }

    package mutating func full(
        _ id: UInt32, _ name: some Sequence<UInt8>, instance: UInt32 = 0, version: UInt32 = 1, _ body: [UInt8]
    ) {
        section(0x04, id, Array(name), instance: instance, version: version, body)
    }

    package mutating func part(_ id: UInt32, _ body: [UInt8]) {
        bytes += [0x02] + Self.be(id) + body
        footer(id)
    }

    package mutating func end(_ id: UInt32, _ body: [UInt8]) {
        bytes += [0x03] + Self.be(id) + body
        footer(id)
    }

    package mutating func command(_ number: UInt16, _ payload: [UInt8] = []) {
        bytes += [0x08] + Self.be(number) + Self.be(UInt16(payload.count)) + payload
    }

    package mutating func endOfFile() { bytes.append(0) }

    /// The description, announced with `length` bytes where that is given.
    package mutating func description(_ json: String, length: UInt32? = nil) {
        bytes += [0x06] + Self.be(length ?? UInt32(json.utf8.count)) + Array(json.utf8)
    }

    private mutating func section(
        _ type: UInt8, _ id: UInt32, _ name: [UInt8], instance: UInt32, version: UInt32, _ body: [UInt8]
    ) {
        bytes +=
            [type] + Self.be(id) + [UInt8(name.count)] + name + Self.be(instance) + Self.be(version) + body
        footer(id)
    }

    private mutating func footer(_ id: UInt32) {
        if hasFooters { bytes += [0x7e] + Self.be(id) }
    }
}

// MARK: - Pieces

extension StreamWriter {
    package static func be<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    package static func counted(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    package static func subsection(_ name: String, version: UInt32 = 1, _ body: [UInt8]) -> [UInt8] {
        [0x05] + counted(name) + be(version) + body
    }

    /// The body of a START section of `ram`.
    package static func ramBlocks(_ blocks: [(name: String, size: UInt64)]) -> [UInt8] {
        let total = blocks.reduce(0) { $0 + $1.size }
        return be(total | 4) + blocks.flatMap { counted($0.name) + be($0.size) } + be(UInt64(0x10))
    }

    /// A page record; `block` nil means CONTINUE. A fill of 0 makes a zero record.
    package static func page(_ address: UInt64, fill: UInt8 = 0, block: String? = nil, size: Int = 4096)
        -> [UInt8]
    {
        let kind: UInt64 = fill == 0 ? 0x02 : 0x08
        let word = address | kind | (block == nil ? 0x20 : 0)
        let content = fill == 0 ? [0] : [UInt8](repeating: fill, count: size)
        return be(word) + (block.map(counted) ?? []) + content
    }

    package static let endOfRAM = be(UInt64(0x10))
}
