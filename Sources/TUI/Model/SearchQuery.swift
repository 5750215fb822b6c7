import Bytes
import Query
import Stream

/// What a line of the search prompt asks for.
enum SearchQuery {
    /// Names; answered at once, also for what is folded away.
    case names(text: String, (ArraySlice<UInt8>) -> Bool)
    /// Fields by their value.
    case values(LeafScan.Wanted)
    case bytes(BytePattern)

    /// Why a line can't be searched. One line, escaped.
    struct Failure: Error {
        let description: String
    }

    static let hint = "name  ~regex  =0xfee00900  =text  x \"e8 ?? ff\"  \"bytes as text\""

    /// `~` begins a regular expression, `=` a value, `x ` bytes in hexadecimal, a quote bytes as text.
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
        // Beyond Int: addresses of kernels.
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

/// Matches that are places in the stream, and the line that found them.
struct Hits {
    /// As typed.
    var text: String
    /// Ascending.
    var offsets: [Int] = []
    /// Of matches that are nodes: their paths, one for each offset.
    var paths: [NodePath] = []
    /// Whether they are places of bytes, whatever field owns them.
    var areBytes = false
    /// Of matches that are text: the text, one for each offset.
    var runs: [StringScan.Run] = []

    /// The index of the first node at or after a path, in the order of the tree. O(log matches).
    func index(from path: NodePath) -> Int {
        paths.indices.binarySearch(first: { paths[$0] >= path })
    }

    /// The number of the match at an offset, counted from 1; nil where none is.
    func ordinal(of offset: Int) -> Int? {
        let index = index(from: offset)
        return index < offsets.count && offsets[index] == offset ? index + 1 : nil
    }

    /// The index of the first match at or after an offset. O(log matches).
    func index(from offset: Int) -> Int {
        offsets.indices.binarySearch(first: { offsets[$0] >= offset })
    }
}
