import CRegex

/// A regular expression in the syntax of RE2, whose search takes time linear in the text: nothing that is typed makes
/// it hang. Back references and assertions that look around, which can't be had so, are refused.
package final class RegularExpression: @unchecked Sendable {
    // Safe: a compiled expression never changes for its users, and RE2 allows them several threads.
    private let compiled: OpaquePointer

    /// An expression that can't be read; one line, not escaped.
    package struct Failure: Error {
        package let reason: String
    }

    /// - Throws: `Failure` with the words of the library. O(pattern), at most 8 MiB of memory.
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

    /// Whether it finds something in `text`. O(text · pattern) at most.
    package func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                migscope_regex_matches(compiled, $0.baseAddress, $0.count)
            }
        }
    }

    /// The same of a text that is there as its bytes.
    package func matches(bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                migscope_regex_matches(compiled, $0.baseAddress, $0.count)
            }
        }
    }

    /// The first place where it matches, in a text that is there as its bytes.
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
