/// Reversible conversion between file names and text. The system treats file names as bytes, which need not
/// be UTF-8.
///
/// A byte that is not part of valid UTF-8 becomes one of the last 128 scalars, U+10FF80 to U+10FFFF, which
/// are for private use and never drawn as such (`shown`). If a name contains one of these itself, its bytes
/// are converted one by one, too.
package enum FileName {
    private static let first: UInt32 = 0x10ff00

    /// Returns the text of a name that ends in a zero byte. O(n).
    package static func text(_ name: UnsafePointer<CChar>) -> String {
        var bytes: [UInt8] = []
        var position = name
        while position.pointee != 0 {
            bytes.append(UInt8(bitPattern: position.pointee))
            position += 1
        }
        return text(bytes)
    }

    /// Returns the text of a name. O(n).
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

    /// Returns the bytes of a name. O(n).
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

    /// Returns a name, or a line with names in it, safe for a terminal; invalid UTF-8 bytes are shown as
    /// `\xNN`. O(n).
    package static func shown(_ text: String) -> String { DisplayText.escaped(bytes: bytes(text)) }

    /// Returns the byte that a scalar represents in the text of a name; nil for ordinary scalars.
    private static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        guard scalar.value >= first | 0x80, scalar.value <= first | 0xff else { return nil }
        return UInt8(truncatingIfNeeded: scalar.value)
    }
}

extension String {
    /// The bytes of a file name for the system, with a zero byte at the end. O(n).
    package var fileName: [CChar] { FileName.bytes(self).map { CChar(bitPattern: $0) } + [0] }
}
