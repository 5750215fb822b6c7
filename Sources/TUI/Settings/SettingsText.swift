import Bytes

/// A value of a settings file.
enum SettingsValue: Equatable, Sendable {
    case text(String)
    case flag(Bool)
    case number(Int)
    case list([SettingsItem])

    /// The text; nil for another kind of value.
    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The kind, for messages.
    var kind: String {
        switch self {
        case .text(let text): "\"\(DisplayText.escaped(text))\""
        case .flag(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .list: "a list"
        }
    }
}

/// A value and its place.
struct SettingsItem: Equatable, Sendable {
    let value: SettingsValue
    let place: TextPlace
}

/// `key = value` below a `[table]`.
struct SettingsEntry: Equatable, Sendable {
    /// The name of the table; empty before the first one.
    let table: String
    let key: String
    let keyPlace: TextPlace
    let item: SettingsItem
}

/// A parser for the part of TOML 1.0 that settings need: tables, bare and quoted keys, one-line strings,
/// whole numbers, true and false, lists. It rejects everything else with its place.
struct SettingsText {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    // No setting needs a list nested deeper than this.
    private static let deepest = 4

    /// Returns the entries in their order, and the errors of invalid lines. O(n).
    static func entries(_ text: String) -> (entries: [SettingsEntry], errors: [SettingsError]) {
        var reader = SettingsText(text)
        return reader.file()
    }

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// Returns the line of a place, from 1.
    func line(of place: TextPlace) -> Int { place.position(in: scalars).line }

    /// Returns an error at a place of the text.
    func error(_ message: String, at place: TextPlace) -> SettingsError {
        let position = place.position(in: scalars)
        return SettingsError(line: position.line, column: position.column, message: message)
    }

    /// Returns an error for a word that is not in `names`, with those that are similar.
    func error(
        expected: String, found: String, _ word: String?, among names: [String], at place: TextPlace
    ) -> SettingsError {
        let near = word.map { Suggestion.nearest(to: $0, among: names) } ?? []
        return error(expected: expected, found: found, near: near, at: place)
    }

    /// Returns an error at a word, with similar names.
    func error(expected: String, found: String, near: [String], at place: TextPlace) -> SettingsError {
        let names = near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
        var error = error("expected \(expected), found \(found)\(names)", at: place)
        error.slip = near.first.map { SettingsError.Slip(found: found, nearest: $0) }
        return error
    }

    /// Returns the place of a column, from 1, in the text of a quoted key; nil when escapes or line ends hide
    /// it.
    func place(ofColumn column: Int, in key: TextPlace) -> TextPlace? {
        guard key.offset < scalars.count, scalars[key.offset] == "'" || scalars[key.offset] == "\"" else {
            return column == 1 ? key : nil
        }
        let before = scalars[key.offset...].prefix(column + 1)
        guard !before.contains("\\"), !before.contains("\n") else { return nil }
        return TextPlace(offset: key.offset + column)
    }

    private mutating func file() -> (entries: [SettingsEntry], errors: [SettingsError]) {
        // The decoder substitutes this for invalid UTF-8.
        if let bad = scalars.firstIndex(of: "\u{FFFD}") {
            return ([], [error("expected UTF-8 text", at: TextPlace(offset: bad))])
        }
        var entries: [SettingsEntry] = []
        var errors: [SettingsError] = []
        // Nil below an invalid table header.
        var table: String? = ""
        while skipBlankLines() {
            let start = position
            do throws(SettingsError) {
                if peek == "[" {
                    table = nil
                    table = try header()
                    try endLine()
                } else {
                    let entry = try self.entry(table ?? "")
                    guard !entries.contains(where: { $0.table == entry.table && $0.key == entry.key }) else {
                        throw error(
                            "expected each name once, found \(shown(entry.key)) again", at: entry.keyPlace)
                    }
                    if table != nil { entries.append(entry) }
                }
            } catch {
                errors.append(error)
                depth = 0
                // Skip at least the line where the error began.
                position = max(position, start)
                while let scalar = peek, scalar != "\n" { position += 1 }
            }
        }
        return (entries, errors)
    }

    private mutating func entry(_ table: String) throws(SettingsError) -> SettingsEntry {
        let place = here
        let key = try key()
        try expect("=", "= and a value")
        let item = try item()
        try endLine()
        return SettingsEntry(table: table, key: key, keyPlace: place, item: item)
    }

    private mutating func header() throws(SettingsError) -> String {
        position += 1
        let name = try key()
        try expect("]", "] after the name of the table")
        return name
    }

    private mutating func key() throws(SettingsError) -> String {
        skipBlanks()
        if let quote = peek, quote == "\"" || quote == "'" { return try string(quote) }
        let start = position
        while let scalar = peek, Self.isBare(scalar) { position += 1 }
        guard position > start else { throw unexpected("a name") }
        return String(String.UnicodeScalarView(scalars[start..<position]))
    }

    private static func isBare(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: false
        }
    }

    private mutating func item() throws(SettingsError) -> SettingsItem {
        skipBlanks()
        let place = here
        switch peek {
        case "\"", "'": return SettingsItem(value: .text(try string(peek ?? "\"")), place: place)
        case "[": return SettingsItem(value: .list(try list()), place: place)
        default: return SettingsItem(value: try word(), place: place)
        }
    }

    private mutating func word() throws(SettingsError) -> SettingsValue {
        let place = here
        let start = position
        while let scalar = peek, Self.isBare(scalar) || scalar == "+" || scalar == "." { position += 1 }
        let word = String(String.UnicodeScalarView(scalars[start..<position]))
        switch word {
        case "true": return .flag(true)
        case "false": return .flag(false)
        case "": throw unexpected(Self.anyValue)
        default:
            if let number = Int(word) { return .number(number) }
            throw error("expected \(Self.anyValue), found \(word)", at: place)
        }
    }

    private static let anyValue = "\"text\", a whole number, true, false or [ a list ]"

    private mutating func list() throws(SettingsError) -> [SettingsItem] {
        guard depth < Self.deepest else { throw unexpected("a value") }
        depth += 1
        defer { depth -= 1 }
        position += 1
        var items: [SettingsItem] = []
        while true {
            _ = skipBlankLines()
            if peek == "]" { break }
            items.append(try item())
            _ = skipBlankLines()
            if peek == "," {
                position += 1
            } else if peek != "]" {
                throw unexpected(", or ] in the list")
            }
        }
        position += 1
        return items
    }

    private mutating func string(_ quote: Unicode.Scalar) throws(SettingsError) -> String {
        let start = here
        position += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek, scalar != "\n" {
            let place = here
            position += 1
            if scalar == quote { return String(text) }
            if scalar == "\\", quote == "\"" {
                text.append(try escape())
            } else if scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7f {
                throw error("expected text, found the control character \(shown(scalar))", at: place)
            } else {
                text.append(scalar)
            }
        }
        throw error("expected \(quote) at the end of the text, found the end of the line", at: start)
    }

    private mutating func escape() throws(SettingsError) -> Unicode.Scalar {
        let place = here
        let letter = peek
        position += 1
        switch letter {
        case "b": return "\u{8}"
        case "t": return "\t"
        case "n": return "\n"
        case "f": return "\u{c}"
        case "r": return "\r"
        case "\"": return "\""
        case "\\": return "\\"
        case "u": return try scalar(digits: 4)
        case "U": return try scalar(digits: 8)
        default:
            throw error(
                "expected \\\\, \\\", \\n, \\t or \\u0041 after \\; '…' takes text literally", at: place)
        }
    }

    private mutating func scalar(digits: Int) throws(SettingsError) -> Unicode.Scalar {
        let place = here
        let text = String(String.UnicodeScalarView(scalars[position...].prefix(digits)))
        guard text.utf8.count == digits, let value = UInt32(text, radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw error("expected \(digits) hexadecimal digits of a character", at: place) }
        position += digits
        return scalar
    }

    // MARK: Scalars

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
    private var here: TextPlace { TextPlace(offset: position) }

    private mutating func skipBlanks() {
        while let scalar = peek, scalar == " " || scalar == "\t" { position += 1 }
    }

    private mutating func skipComment() {
        guard peek == "#" else { return }
        while let scalar = peek, scalar != "\n" { position += 1 }
    }

    /// Skips blanks, comments and line ends; returns false at the end of the text.
    private mutating func skipBlankLines() -> Bool {
        while true {
            skipBlanks()
            skipComment()
            if peek == "\r" { position += 1 }
            guard peek == "\n" else { return peek != nil }
            position += 1
        }
    }

    private mutating func expect(_ scalar: Unicode.Scalar, _ what: String) throws(SettingsError) {
        skipBlanks()
        guard peek == scalar else { throw unexpected(what) }
        position += 1
    }

    private mutating func endLine() throws(SettingsError) {
        skipBlanks()
        skipComment()
        if peek == "\r" { position += 1 }
        guard peek == nil || peek == "\n" else { throw unexpected("the end of the line") }
    }

    private func unexpected(_ wanted: String) -> SettingsError {
        let found = peek.map { $0 == "\n" || $0 == "\r" ? "the end of the line" : shown($0) }
        return error("expected \(wanted), found \(found ?? "the end of the file")", at: here)
    }

    private func shown(_ scalar: Unicode.Scalar) -> String { shown(String(Character(scalar))) }
    private func shown(_ text: String) -> String { DisplayText.escaped(text) }
}
