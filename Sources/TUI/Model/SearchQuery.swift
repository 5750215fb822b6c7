import Bytes
import Query
import Stream

/// The meaning of a line at the search prompt.
enum SearchQuery {
    /// Names; answered at once, including names in closed nodes.
    case names(text: String, (ArraySlice<UInt8>) -> Bool)
    /// Fields, by value.
    case values(LeafScan.Wanted)
    case bytes(BytePattern)

    /// The reason why a line is not a valid search. One line, escaped.
    struct Failure: Error {
        let description: String
    }

    static let hint = "name  ~regex  =0xfee00900  =text  x \"e8 ?? ff\"  \"bytes as text\""

    /// Parses a line: `~` begins a regular expression, `=` a value, `x ` bytes in hexadecimal, a quote bytes
    /// as text.
    init(_ text: String) throws(Failure) {
        let rest = String(text.dropFirst())
        switch text.first {
        case "~" where !rest.isEmpty:
            let pattern = try Self.expression(rest)
            self = .names(text: text) { pattern.matches(DisplayText.escaped(bytes: $0)) }
        case "=" where !rest.isEmpty: self = .values(try Self.value(rest))
        case "\"" where rest != "\"" && !rest.isEmpty:
            guard let pattern = BytePattern(utf8: rest.hasSuffix("\"") ? String(rest.dropLast()) : rest)
            else {
                throw Failure(description: "no text")
            }
            self = .bytes(pattern)
        case "x" where rest.first == " ": self = try Self.bytes(text, rest)
        default:
            let matcher = NameMatcher(text)
            self = .names(text: text) { matcher.matches($0) }
        }
    }

    private static func bytes(_ text: String, _ rest: String) throws(Failure) -> SearchQuery {
        let digits = rest.filter { $0 != "\"" }
        guard let pattern = BytePattern(digits) else {
            throw Failure(description: "expected pairs of hex digits or ??: x \"e8 ?? ff\"")
        }
        return .bytes(pattern)
    }

    private static func value(_ text: String) throws(Failure) -> LeafScan.Wanted {
        if text.hasPrefix("~"), text.utf8.count > 1 { return .text(try expression(String(text.dropFirst()))) }
        if text.hasPrefix("-"), let number = ByteCount.parse(text.dropFirst()), number > 0 {
            return .negative(-Int64(number))
        }
        if let number = ByteCount.parse(text) { return .number(UInt64(number)) }
        // Kernel addresses exceed Int.
        if text.hasPrefix("0x"), let number = UInt64(text.dropFirst(2), radix: 16) { return .number(number) }
        return .text(TextPattern(part: text))
    }

    private static func expression(_ text: String) throws(Failure) -> TextPattern {
        do throws(TextPattern.Failure) {
            return try TextPattern(expression: text)
        } catch {
            let line = error.description.split(whereSeparator: \.isNewline).joined(separator: " ")
            throw Failure(description: DisplayText.escaped(line))
        }
    }
}

/// Matches at places in the stream, and the line that found them.
struct Hits {
    /// The line, as typed.
    var text: String
    /// The offsets of the matches, ascending.
    var offsets: [Int] = []
    /// For matches that are nodes, their paths, one for each offset.
    var paths: [NodePath] = []
    /// Whether the matches are bytes, regardless of the field that owns them.
    var areBytes = false
    /// For matches that are text, the text, one for each offset.
    var runs: [StringScan.Run] = []
    /// The offsets around which all was read that can be.
    var known: Set<Int> = []

    /// Returns the index of the first node at or after a path, in tree order. O(log matches).
    func index(from path: NodePath) -> Int {
        paths.indices.binarySearch(first: { paths[$0] >= path })
    }

    /// Returns the number of the match at an offset, counted from 1; nil when there is none.
    func ordinal(of offset: Int) -> Int? {
        let index = index(from: offset)
        return index < offsets.count && offsets[index] == offset ? index + 1 : nil
    }

    /// Returns the index of the first match at or after an offset. O(log matches).
    func index(from offset: Int) -> Int {
        offsets.indices.binarySearch(first: { offsets[$0] >= offset })
    }
}
