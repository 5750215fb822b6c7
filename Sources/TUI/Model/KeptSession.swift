import Bytes
import Stream

/// The kept state of a stream: open nodes, selection, marks and notes, by path. The text form has a line for
/// each.
struct KeptSession: Equatable {
    struct Fold: Equatable {
        var path: String
        var levels: Int
        var isClosed: Bool
    }

    struct KeptPlace: Equatable {
        var path: String
        /// The byte under the hex cursor, or the first of a range.
        var offset: Int
        /// The length of the range in bytes; 0: no range.
        var length = 0
    }

    struct Mark: Equatable {
        /// The number of the mark, 1 to 26.
        var number: Int
        var place: KeptPlace
    }

    struct Note: Equatable {
        var path: String
        var text: String
    }

    var fileName = ""
    var folds: [Fold] = []
    var selection: KeptPlace?
    var marks: [Mark] = []
    var notes: [Note] = []

    private static let head = "migscope session 1"
    /// The maximum number of entries of each kind.
    static let limit = 2000

    init() {}

    /// Parses the form that `text` returns, and skips invalid lines. Nil for another kind of text.
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
        case ("mark", 4), ("mark", 5):
            guard let scalar = fields[1].unicodeScalars.first, var place = Self.place(fields[2], fields[3]),
                let number = KeyArgument.letter.value(of: .character(scalar))
            else { return }
            if fields.count == 5 { place.length = ByteCount.parse(fields[4]) ?? 0 }
            marks.append(Mark(number: number, place: place))
        case ("note", 3): notes.append(Note(path: fields[1], text: fields[2]))
        default: break
        }
    }

    /// Merges the sessions of two browsers that were open at the same time: this one, and the one that wrote
    /// `other`.
    ///
    /// A mark or note that only one of them has changed since `base`, the start of this one, takes that
    /// change. When both have set a mark, this one's stays; when both have written a note, both texts stay.
    /// Open nodes and selection are this one's. O(marks + notes).
    func merged(with other: KeptSession, since base: KeptSession) -> KeptSession {
        var result = self
        result.marks = Self.merged(marks, other.marks, base.marks, key: \.number) { mine, _ in mine }
        result.notes = Self.merged(notes, other.notes, base.notes, key: \.path) { mine, theirs in
            if mine.text.contains(theirs.text) { return mine }
            if theirs.text.contains(mine.text) { return theirs }
            return Note(path: mine.path, text: "\(theirs.text) | \(mine.text)")
        }
        return result
    }

    private static func merged<Entry: Equatable, Key: Hashable>(
        _ mine: [Entry], _ theirs: [Entry], _ base: [Entry], key: (Entry) -> Key,
        both: (Entry, Entry) -> Entry
    ) -> [Entry] {
        // The last entry for a key counts, as in reading.
        let (known, old) = (byKey(theirs, key), byKey(base, key))
        let own = byKey(mine, key)
        var seen: Set<Key> = []
        return (mine + theirs).compactMap { entry in
            let key = key(entry)
            guard seen.insert(key).inserted else { return nil }
            let (left, right, before) = (own[key], known[key], old[key])
            if left == before { return right }
            if right == before || right == nil { return left }
            return left.flatMap { left in right.map { left == $0 ? left : both(left, $0) } } ?? right
        }
    }

    private static func byKey<Entry, Key: Hashable>(_ entries: [Entry], _ key: (Entry) -> Key) -> [Key: Entry]
    {
        Dictionary(entries.map { (key($0), $0) }) { $1 }
    }

    private static func place(_ offset: String, _ path: String) -> KeptPlace? {
        ByteCount.parse(offset).map { KeptPlace(path: path, offset: $0) }
    }

    var text: String {
        var lines = [Self.head, "file\t\(fileName)"]
        for fold in folds.prefix(Self.limit) {
            let levels = fold.levels == .max ? "all" : "\(fold.levels)"
            lines.append("fold\t\(levels)\t\(fold.isClosed ? "closed" : "open")\t\(fold.path)")
        }
        if let selection { lines.append("select\t\(Hex.offset(selection.offset))\t\(selection.path)") }
        for mark in marks {
            let length = mark.place.length > 0 ? "\t\(mark.place.length)" : ""
            let place = "\(Hex.offset(mark.place.offset))\t\(mark.place.path)\(length)"
            lines.append("mark\t\(KeyArgument.letter(mark.number))\t\(place)")
        }
        for note in notes.prefix(Self.limit) { lines.append("note\t\(note.path)\t\(note.text)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
