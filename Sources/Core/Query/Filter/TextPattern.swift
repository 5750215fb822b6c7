import Bytes

/// What `migscope find` looks for in names and values: a part of the text, or a regular expression.
///
/// A pattern without an upper-case letter ignores case.
package struct TextPattern {
    private enum Matcher {
        case part(NameMatcher)
        case expression(RegularExpression)
    }

    /// A regular expression that can't be read.
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
    }

    /// Matches each text in which the regular expression finds something.
    package init(expression: String) throws(Failure) {
        // `\S`, `\D` and the like are no upper-case letters of the text.
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

    /// Whether `text` matches. O(text × pattern).
    package func matches(_ text: String) -> Bool {
        switch matcher {
        case .part(let part): return part.matches(Array(text.utf8))
        case .expression(let expression): return expression.matches(text)
        }
    }

    /// Whether a text matches that is there as its bytes.
    package func matches(bytes: [UInt8]) -> Bool {
        switch matcher {
        case .part(let part): part.matches(bytes)
        case .expression: matches(String(decoding: bytes, as: UTF8.self))
        }
    }
}
