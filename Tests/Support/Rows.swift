import Export
import Glibc
import Stream

/// Keeps what an export writes.
package struct Collector: ByteSink {
    package var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ more: [UInt8]) { bytes += more }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A row of `dump --format tsv`.
package struct Row: Equatable {
    package var offset: Int
    package var size: Int
    package var path: ArraySlice<UInt8>
    package var type: ArraySlice<UInt8>
    package var value: ArraySlice<UInt8>

    package var end: Int { offset + size }
    package var pathText: String { String(decoding: path, as: UTF8.self) }
    package var typeText: String { String(decoding: type, as: UTF8.self) }
    package var valueText: String { String(decoding: value, as: UTF8.self) }
}

/// Calls back for each row that an export writes, without keeping them.
package struct RowSink: ByteSink {
    private var rest: [UInt8] = []
    private let body: (Row) -> Void
    package private(set) var malformed = 0

    package init(_ body: @escaping (Row) -> Void) { self.body = body }

    package mutating func write(_ more: [UInt8]) {
        let bytes = rest.isEmpty ? more : rest + more
        var start = 0
        while let end = Self.place(of: 0x0a, in: bytes, from: start) {
            row(bytes, start..<end)
            start = end + 1
        }
        rest = Array(bytes[start...])
    }

    // Tests are not optimised: memchr is.
    private static func place(of byte: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, start < buffer.count,
                let found = memchr(base + start, Int32(byte), buffer.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private mutating func row(_ bytes: [UInt8], _ line: Range<Int>) {
        var cells: [Range<Int>] = []
        var start = line.lowerBound
        while cells.count < 4, let end = Self.place(of: 0x09, in: bytes, from: start), end < line.upperBound {
            cells.append(start..<end)
            start = end + 1
        }
        guard cells.count == 4, let offset = Self.number(bytes[cells[0]]),
            let size = Self.number(bytes[cells[1]])
        else {
            malformed += 1
            return
        }
        body(
            Row(
                offset: offset, size: size, path: bytes[cells[2]], type: bytes[cells[3]],
                value: bytes[start..<line.upperBound]))
    }

    package static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit) - 0x30
        }
        return value
    }
}

extension Document {
    /// The rows of `dump --format tsv`, in stream order.
    package func rows(all: Bool) -> [Row] {
        var result: [Row] = []
        var sink = RowSink { result.append($0) }
        TSVExport(self).write(all: all, section: nil, to: &sink)
        return result
    }
}
