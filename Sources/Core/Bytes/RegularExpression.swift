import CRegex

/// A regular expression in RE2 syntax. A search takes time linear in the text, so that no input makes it
/// hang. Back references and lookaround assertions, which do not allow that, are refused.
package final class RegularExpression: @unchecked Sendable {
    // Safe: a compiled expression never changes for its users, and RE2 supports several threads.
    private let compiled: OpaquePointer

    /// The reason why an expression is invalid; one line, not escaped.
    package struct Failure: Error {
        package let reason: String
    }

    /// - Throws: `Failure` with the library's message. O(pattern), at most 8 MiB of memory.
    package init(_ pattern: String, ignoresCase: Bool) throws(Failure) {
        var reason = [CChar](repeating: 0, count: 256)
        var pattern = pattern
        let result = pattern.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                migscope_regex_new($0.baseAddress, $0.count, ignoresCase, &reason, reason.count)
            }
        }
        guard let result else {
            let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw Failure(reason: String(decoding: text, as: UTF8.self))
        }
        compiled = result
    }

    deinit { migscope_regex_free(compiled) }

    /// Returns whether it matches a part of `text`. O(text · pattern) at most.
    package func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                migscope_regex_matches(compiled, $0.baseAddress, $0.count)
            }
        }
    }

    /// Returns the same for a text given as bytes.
    package func matches(bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                migscope_regex_matches(compiled, $0.baseAddress, $0.count)
            }
        }
    }

    /// Returns the range of the first match in a text given as bytes.
    package func firstRange(in bytes: [UInt8]) -> Range<Int>? {
        var (start, end) = (0, 0)
        let isFound = bytes.withUnsafeBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                migscope_regex_find(compiled, $0.baseAddress, $0.count, &start, &end)
            }
        }
        return isFound ? start..<end : nil
    }
}
