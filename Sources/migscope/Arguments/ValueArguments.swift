import ArgumentParser
import Bytes
import Memory
import Stream
import TUI

/// The expected form of each argument, by the name of its value in help.
enum ArgumentForms {
    private static let forms: [String: String] = [
        "offset": "an offset: 4096, 0x1000, 4K or file:0x1000",
        "offset+length": "an offset and a length: 0x1000+4K or file:0x1000+64",
        "range": "an offset and a length: 0x1000+4K or file:0x1000+64",
        "address+length": "an address and a length: 0x100000+4K",
        "n": "a number: 4096, 0x1000 or 4K",
        "bytes": "a number of bytes: 4096, 0x1000, 4K or 2G",
        "number": "a number, from 1: 1, 2, 3",
        "address": "an address: 192.0.2.7:4444, 4444 (of the loopback) or unix:/tmp/socket",
        "block=file": "a RAM block and a file: pc.ram=/dev/shm/ram",
        "block@address": "a RAM block and an address: dimm0@0x100000000",
        "WxH": "columns and rows, at most 1000 of each: 80x24",
    ]

    /// The forms of a place.
    static let place =
        "an offset: 4096, 0x1000, 4K or file:0x1000, or idstr:0/field, a section, a register, BLOCK@0x1000"

    /// Returns the expected form for a message about an invalid or missing value; nil for other messages.
    static func form(for message: String) -> String? {
        guard message.contains(" is invalid for '") || message.hasPrefix("Missing value for '"),
            let start = message.lastIndex(of: "<"),
            let end = message.lastIndex(of: ">"), start < end, !message.contains("Please provide")
        else { return nil }
        return forms[String(message[message.index(after: start)..<end])]
    }
}

/// The nodes and bytes that arguments name.
enum PlaceArgument {
    /// - Throws: with `status` when the stream has no such place.
    static func place(
        _ text: String, _ document: Document, _ status: ExitStatus = .unusable
    ) throws(CommandFailure) -> Place {
        do throws(PlaceError) {
            return try document.place(text, from: 0)
        } catch {
            let words = document.lossWords
            let message =
                error.isUnknown
                ? "no place \"\(FileName.shown(text))\": expected \(ArgumentForms.place)\(words)"
                : error.description
            // The place may belong to the lost part, so the argument may be correct.
            throw CommandFailure(
                error.isUnknown && !words.isEmpty ? .findings : status,
                "\(message); try: migscope tree FILE --depth 1")
        }
    }

    static func path(
        _ text: String, _ document: Document, _ status: ExitStatus = .unusable
    ) throws(CommandFailure) -> NodePath { try place(text, document, status).path }
}

/// A number from 1.
struct OrdinalArgument: ExpressibleByArgument {
    let value: Int

    init?(argument: String) {
        guard let value = ByteCount.parse(argument), value > 0 else { return nil }
        self.value = value
    }
}

/// A nonnegative number: decimal or 0x…, with K, M or G.
struct CountArgument: ExpressibleByArgument {
    let value: Int

    init?(argument: String) {
        guard let value = ByteCount.parse(argument) else { return nil }
        self.value = value
    }
}

/// An offset in the stream; with `file:`, an offset in the file; or a named place.
struct OffsetArgument: ExpressibleByArgument {
    private let value: Int
    private let isInFile: Bool
    // A path, a section or a register; nil for numbers.
    private let name: String?

    init?(argument: String) {
        isInFile = argument.hasPrefix("file:")
        let digits = isInFile ? argument.dropFirst("file:".count) : argument[...]
        let number = ByteCount.parse(digits)
        // A malformed number is not a name.
        guard number != nil || !isInFile && argument.contains(where: \.isLetter) && !argument.hasPrefix("0x")
        else {
            return nil
        }
        value = number ?? 0
        name = number == nil ? argument : nil
    }

    /// Returns the node at the offset; in a container when the byte belongs to it and not to the stream.
    func place(in document: Document) throws(CommandFailure) -> Place {
        if let name { return try PlaceArgument.place(name, document) }
        if isInFile, let place = try? document.place(atFileOffset: value) { return place }
        let offset = try resolved(in: document)
        return Place(path: document.path(atOffset: offset), offset: offset)
    }

    /// Returns the offset from the start of the stream.
    ///
    /// - Throws: when it is outside the stream.
    func resolved(in document: Document) throws(CommandFailure) -> Int {
        if let name {
            let place = try PlaceArgument.place(name, document)
            return place.offset ?? document.tree.node(place.path).offset
        }
        let size = document.store.region.count
        guard let offset = isInFile ? document.store.streamOffset(ofFileOffset: value) : value, offset >= 0,
            offset < size
        else {
            let place = (isInFile ? "file:" : "") + Hex.offset(value)
            throw CommandFailure(
                .unusable, "offset \(place) is outside the stream; try: 0 to \(Hex.offset(size - 1))")
        }
        return offset
    }
}

/// OFFSET+LENGTH in the stream.
struct RangeArgument: ExpressibleByArgument {
    private let offset: OffsetArgument
    private let length: Int

    init?(argument: String) {
        let parts = argument.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2, let offset = OffsetArgument(argument: String(parts[0])),
            let length = ByteCount.parse(parts[1]), length > 0
        else { return nil }
        self.offset = offset
        self.length = length
    }

    /// - Throws: when part of it is outside the stream.
    func resolved(in document: Document) throws(CommandFailure) -> Range<Int> {
        let start = try offset.resolved(in: document)
        guard length <= document.store.region.count - start else {
            throw CommandFailure(
                .unusable,
                "\(length) bytes at \(Hex.offset(start)) extend past the end of the stream; try: at most \(document.store.region.count - start)"
            )
        }
        return start..<start + length
    }
}

/// ADDRESS+LENGTH in guest memory; addresses have 64 bits.
struct MemoryRangeArgument: ExpressibleByArgument {
    let start: UInt64
    let count: UInt64

    init?(argument: String) {
        let parts = argument.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = Self.address(parts[0]), let length = ByteCount.parse(parts[1]),
            length > 0, UInt64(length) - 1 <= .max - start
        else { return nil }
        self.start = start
        count = UInt64(length)
    }

    private static func address(_ text: Substring) -> UInt64? {
        if let small = ByteCount.parse(text) { return UInt64(small) }
        guard text.hasPrefix("0x") || text.hasPrefix("0X") else { return UInt64(text) }
        return UInt64(text.dropFirst(2), radix: 16)
    }
}

/// BLOCK@ADDRESS: the known guest address of a RAM block.
extension BlockPlace: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

/// `BLOCK=FILE`: the file with the RAM of a block that the stream omits.
struct RAMFileArgument: ExpressibleByArgument {
    let block: String
    let path: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
        block = String(argument[..<sign])
        path = String(argument[argument.index(after: sign)...])
        if path.isEmpty { return nil }
    }
}

/// The size of a screen in cells, `80x24`.
struct ScreenSizeArgument: ExpressibleByArgument {
    let size: Size

    /// The maximum side; no terminal has more cells.
    private static let limit = 1000

    init?(argument: String) {
        let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let width = parts[0], let height = parts[1],
            (1...Self.limit).contains(width), (1...Self.limit).contains(height)
        else { return nil }
        size = Size(width: width, height: height)
    }
}

extension ColorChoice: ExpressibleByArgument {}
extension ThemeName: ExpressibleByArgument {}
