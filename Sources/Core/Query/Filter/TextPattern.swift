import Bytes
import Format
import Stream

/// A pattern for names and values, as `migscope find` takes it: a substring or a regular expression.
///
/// A pattern without an upper-case letter ignores case.
package struct TextPattern {
    private enum Matcher {
        case part(NameMatcher)
        case expression(RegularExpression)
    }

    /// The error for an invalid regular expression.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) {
            self.description = description
        }
    }

    private let matcher: Matcher

    /// Matches each text that contains `part`.
    package init(part: String) {
        matcher = .part(NameMatcher(part))
        mayMatchElements = part.utf8.allSatisfy { "[]0123456789".utf8.contains($0) }
    }

    /// Matches each text in which the regular expression has a match.
    package init(expression: String) throws(Failure) {
        // An expression without operators is a substring, which is found with half the work.
        if !expression.isEmpty, expression.utf8.allSatisfy(Self.isPlain) {
            self = TextPattern(part: expression)
            return
        }
        mayMatchElements = true
        // `\S`, `\D` and the like are not upper-case letters of the text.
        var isEscaped = false
        var hasUpperCase = false
        for character in expression {
            if !isEscaped, character.isUppercase { hasUpperCase = true }
            isEscaped = !isEscaped && character == "\\"
        }
        do throws(RegularExpression.Failure) {
            matcher = .expression(try RegularExpression(expression, ignoresCase: !hasUpperCase))
        } catch {
            let shown = DisplayText.escaped(expression)
            throw Failure(
                description: "'\(shown)': not a regular expression: \(DisplayText.escaped(error.reason))")
        }
    }

    // Whether a byte is a letter, a digit, or a sign that no operator of regular expressions uses.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: " _-/:=".utf8.contains(byte)
        }
    }

    /// Whether the pattern can match the name of an element: a number in brackets.
    package let mayMatchElements: Bool

    /// Whether `text` matches. O(text × pattern).
    package func matches(_ text: String) -> Bool {
        switch matcher {
        case .part(let part): return part.matches(Array(text.utf8))
        case .expression(let expression): return expression.matches(text)
        }
    }

    /// Whether a text, given as bytes, matches.
    package func matches(bytes: [UInt8]) -> Bool {
        switch matcher {
        case .part(let part): part.matches(bytes)
        case .expression(let expression): expression.matches(bytes: bytes)
        }
    }

    /// Whether the name of an element matches. For most arrays this returns without making the name.
    ///
    /// - Parameter buffer: scratch space for the name; its content is lost.
    package func matchesName(ofElement node: Node, _ document: Document, _ buffer: inout [UInt8]) -> Bool {
        if node.role == .ram { return matches(document.tree.name(node)) }
        guard mayMatchElements else { return false }
        buffer.removeAll(keepingCapacity: true)
        document.tree.appendElementName(node, to: &buffer)
        return matches(bytes: buffer)
    }

    /// Returns the matches in a text, in bytes from its start: ascending, nonempty, without overlap.
    package func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            let rest = Array(bytes[start...])
            let next: Range<Int>? =
                switch matcher {
                case .part(let part): part.firstRange(in: rest)
                case .expression(let expression): expression.firstRange(in: rest)
                }
            guard let next, !next.isEmpty else { break }
            found.append(next.lowerBound + start..<next.upperBound + start)
            start += next.upperBound
        }
        return found
    }
}
