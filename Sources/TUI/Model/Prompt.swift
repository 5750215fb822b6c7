import Export
import Query
import Stream

/// The prompt line.
struct Prompt {
    enum Purpose: Hashable, Sendable {
        case search, searchBackward, filter, command, goto, write, pipe, explain, help, note, report,
            value

        var sign: String {
            switch self {
            case .search, .help: "/"
            case .searchBackward: "?"
            case .filter: "&"
            case .command: ":"
            case .goto: "go to: "
            case .note: "note: "
            case .report: "report to: "
            case .write: "write to: "
            case .pipe: "| "
            case .explain: "explain: "
            case .value: "value: "
            }
        }

        /// The prompt whose earlier lines this one recalls.
        var history: Purpose { self == .searchBackward ? .search : self }

        /// The hint shown while the line is empty.
        var hint: String {
            switch self {
            case .search, .searchBackward: SearchQuery.hint
            case .filter: "name  ~regex  value != 0 && type == timer  path under cpu:0  armed"
            case .note: "text about the selected node; an empty line removes the note"
            case .report: "a new Markdown file, and paths; otherwise marks and notes, or the selected node"
            case .help: "words in the help: keys, names, descriptions"
            case .command: "offset, path, section, or action (Tab completes)"
            case .write: "a new file; the bytes of the selected node"
            case .pipe: "a shell command that reads the bytes of the selected node"
            case .explain: "paste what QEMU printed when it failed to load"
            case .value: "a value; see migscope edit"
            case .goto: "0x1f0  64K  +16  idstr:0/field  section  BLOCK@0x1000  p 0xPHYS  v 0xVIRT [CPU]"
            }
        }
    }

    /// The state that Esc restores.
    struct Origin {
        var outline: Outline
        var unfiltered: Outline?
        var selection: NodePath
        var treeTop: Int
        var hexCursor: Int
        var hexTop: Int
        var search: Search?
        var hits: Hits?
    }

    /// The subject of a typed value.
    struct Subject {
        let path: NodePath
        /// Escaped.
        let sign: String
        let hint: String
    }

    /// The maximum length of a line; nothing searched for is as long. Messages have a limit of their own.
    private static let limit = 4096
    private static let messageLimit = 1 << 16

    let kind: Purpose
    let origin: Origin
    private(set) var scalars: [Unicode.Scalar] = []
    /// The number of scalars left of the cursor.
    private(set) var cursor = 0
    /// The recalled line, counted from the newest; nil: none.
    var recalled: Int?
    /// The text that was typed before the first recall.
    var recallStem: String?
    var subject: Subject?
    /// Whether a line that names nothing selects the first offered line.
    var takesFirst = false
    /// The completion in progress.
    var completion: Completion?

    init(_ kind: Purpose, origin: Origin) {
        self.kind = kind
        self.origin = origin
    }

    /// The sign before the line, and the hint for its content.
    var sign: String { subject?.sign ?? kind.sign }
    var hint: String { subject?.hint ?? kind.hint }

    /// The text as typed, not escaped.
    var text: String { Self.string(scalars[...]) }
    var textBeforeCursor: String { Self.string(scalars[..<cursor]) }

    /// Whether pasted text keeps its line breaks: messages from QEMU span several lines.
    var takesLines: Bool {
        kind == .explain || (kind == .command && text.hasPrefix(Action.explain.name + " "))
    }

    private var limit: Int { takesLines ? Self.messageLimit : Self.limit }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    mutating func replace(with text: String) {
        scalars = Array(text.unicodeScalars.prefix(limit))
        cursor = scalars.count
    }

    mutating func insert(_ text: String) {
        let new = text.unicodeScalars.prefix(max(limit - scalars.count, 0))
        scalars.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    mutating func move(by step: Int) { cursor = min(max(cursor + step, 0), scalars.count) }
    mutating func moveToStart() { cursor = 0 }
    mutating func moveToEnd() { cursor = scalars.count }

    mutating func deleteBackward() {
        guard cursor > 0 else { return }
        cursor -= 1
        scalars.remove(at: cursor)
    }

    mutating func deleteForward() {
        if cursor < scalars.count { scalars.remove(at: cursor) }
    }

    mutating func deleteToStart() {
        scalars.removeSubrange(..<cursor)
        cursor = 0
    }

    mutating func deleteToEnd() { scalars.removeSubrange(cursor...) }

    mutating func deleteWord() {
        while cursor > 0, scalars[cursor - 1] == " " { deleteBackward() }
        while cursor > 0, scalars[cursor - 1] != " " { deleteBackward() }
    }
}

/// The completions of a line, tried in sequence.
struct Completion: Equatable {
    /// The typed text.
    let stem: String
    /// Whole lines.
    let lines: [String]
    var index: Int

    /// The text in the status line: `2/5`.
    var text: String { lines.count > 1 ? "\(index + 1)/\(lines.count)" : "" }
}
