/// Names of files as text. They are bytes to the system, and need not be UTF-8; text that was made of such a name leads to
/// the file all the same.
///
/// A byte that is no part of UTF-8 becomes one of the last 128 scalars, U+10FF80 to U+10FFFF, which are for private use
/// and never drawn as such (`shown`). A name that has one of these by itself is taken apart byte by byte, too.
package enum FileName {
    private static let first: UInt32 = 0x10ff00

    /// The text of a name that ends in a zero byte. O(n).
    package static func text(_ name: UnsafePointer<CChar>) -> String {
        var bytes: [UInt8] = []
        var position = name
        while position.pointee != 0 {
            bytes.append(UInt8(bitPattern: position.pointee))
            position += 1
        }
        return text(bytes)
    }

    /// The text of a name. O(n).
    package static func text(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        var rest = bytes[...]
        while !rest.isEmpty {
            var parser = Unicode.UTF8.ForwardParser()
            var source = rest.makeIterator()
            if case .valid(let encoded) = parser.parseScalar(from: &source),
                case let scalar = Unicode.UTF8.decode(encoded), byte(of: scalar) == nil
            {
                text.append(scalar)
                rest = rest.dropFirst(encoded.count)
            } else {
                // Bytes below 0x80 are always UTF-8.
                if let first = rest.popFirst(), let scalar = Unicode.Scalar(Self.first | UInt32(first)) {
                    text.append(scalar)
                }
            }
        }
        return String(text)
    }

    /// The bytes of a name. O(n).
    package static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if let byte = byte(of: scalar) {
                bytes.append(byte)
            } else {
                bytes += Unicode.UTF8.encode(scalar).map(Array.init) ?? []
            }
        }
        return bytes
    }

    /// A name, or a line with names in it, made safe for a terminal: bytes that are no part of UTF-8 show as `\xNN`. O(n).
    package static func shown(_ text: String) -> String { DisplayText.escaped(bytes: bytes(text)) }

    /// The byte that a scalar represents in the text of a name; nil for all that mean themselves.
    private static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        guard scalar.value >= first | 0x80, scalar.value <= first | 0xff else { return nil }
        return UInt8(truncatingIfNeeded: scalar.value)
    }
}

extension String {
    /// The bytes of a file's name, ending in a zero byte, for the system. O(n).
    package var fileName: [CChar] { FileName.bytes(self).map { CChar(bitPattern: $0) } + [0] }
}
