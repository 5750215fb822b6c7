import Bytes
import Stream

/// What is kept of a stream for the next time: folds, selection, marks and notes, by path. Its text has a line
/// for each.
struct KeptSession: Equatable {
    struct Fold: Equatable {
        var path: String
        var levels: Int
        var isClosed: Bool
    }

    struct Place: Equatable {
        var path: String
        /// The byte that was under the hex cursor.
        var offset: Int
    }

    struct Mark: Equatable {
        /// 1 to 26.
        var number: Int
        var place: Place
    }

    struct Note: Equatable {
        var path: String
        var text: String
    }

    var fileName = ""
    var folds: [Fold] = []
    var selection: Place?
    var marks: [Mark] = []
    var notes: [Note] = []

    private static let head = "migscope session 1"
    /// More of anything is not kept.
    static let limit = 2000

    init() {}

    /// Reads what `text` gave; lines that make no sense are left out. Nil for another kind of text.
    init?(text: String) {
        var lines = text.split(separator: "\n")[...]
        guard lines.popFirst().map(String.init) == Self.head else { return nil }
        for line in lines.prefix(4 * Self.limit) {
            add(line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
        }
    }

    private mutating func add(_ fields: [String]) {
        switch (fields.first, fields.count) {
        case ("file", 2): fileName = fields[1]
        case ("fold", 4):
            guard let levels = fields[1] == "all" ? .max : Int(fields[1]), levels >= 0 else { return }
            folds.append(Fold(path: fields[3], levels: levels, isClosed: fields[2] == "closed"))
        case ("select", 3): selection = Self.place(fields[1], fields[2])
        case ("mark", 4):
            guard let scalar = fields[1].unicodeScalars.first, let place = Self.place(fields[2], fields[3]),
                let number = KeyArgument.letter.value(of: .character(scalar))
            else { return }
            marks.append(Mark(number: number, place: place))
        case ("note", 3): notes.append(Note(path: fields[1], text: fields[2]))
        default: break
        }
    }

    private static func place(_ offset: String, _ path: String) -> Place? {
        ByteCount.parse(offset).map { Place(path: path, offset: $0) }
    }

    var text: String {
        var lines = [Self.head, "file\t\(fileName)"]
        for fold in folds.prefix(Self.limit) {
            let levels = fold.levels == .max ? "all" : "\(fold.levels)"
            lines.append("fold\t\(levels)\t\(fold.isClosed ? "closed" : "open")\t\(fold.path)")
        }
        if let selection { lines.append("select\t\(Hex.offset(selection.offset))\t\(selection.path)") }
        for mark in marks {
            let place = "\(Hex.offset(mark.place.offset))\t\(mark.place.path)"
            lines.append("mark\t\(KeyArgument.letter(mark.number))\t\(place)")
        }
        for note in notes.prefix(Self.limit) { lines.append("note\t\(note.path)\t\(note.text)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
