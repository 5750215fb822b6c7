import Query

/// An action of the user.
///
/// This is the only list of actions: keys, the `:` command line, the help screen and the man page are made
/// from it. The raw value is the name on the command line.
package enum Action: String, CaseIterable, Sendable {
    case moveDown = "move-down"
    case moveUp = "move-up"
    case halfPageDown = "half-page-down"
    case halfPageUp = "half-page-up"
    case pageDown = "page-down"
    case pageUp = "page-up"
    case first
    case last
    case scrollDown = "scroll-down"
    case scrollUp = "scroll-up"
    case rowToTop = "row-to-top"
    case rowToMiddle = "row-to-middle"
    case rowToBottom = "row-to-bottom"
    case screenTop = "screen-top"
    case screenMiddle = "screen-middle"
    case screenBottom = "screen-bottom"
    case percent
    case nextSibling = "next-sibling"
    case previousSibling = "previous-sibling"
    case parent
    case nextSection = "next-section"
    case previousSection = "previous-section"

    case right
    case left
    case toggle
    case expandSubtree = "expand-subtree"
    case expandAll = "expand-all"
    case collapseAll = "collapse-all"
    case expandToLevel = "expand-to-level"

    case search
    case searchNext = "search-next"
    case searchPrevious = "search-previous"
    case searchName = "search-name"
    case searchNameBackward = "search-name-backward"
    case searchBackward = "search-backward"
    case matches
    case filter
    case filterByName = "filter-by-name"
    case filterByType = "filter-by-type"
    case filterByValue = "filter-by-value"
    case values
    case strings
    case command
    case palette
    case goto
    case follow
    case back
    case forward
    case setMark = "set-mark"
    case goToMark = "go-to-mark"
    case note
    case marks
    case nextFinding = "next-finding"
    case previousFinding = "previous-finding"
    case findings
    case compareTwin = "compare-twin"
    case compareRange = "compare-range"
    case explain
    case differences
    case otherStream = "other-stream"

    case otherPane = "other-pane"
    case zoom
    case dividerLeft = "divider-left"
    case dividerRight = "divider-right"
    case layout
    case selectBytes = "select-bytes"
    case extendUp = "extend-up"
    case extendDown = "extend-down"
    case extendLeft = "extend-left"
    case extendRight = "extend-right"
    case numberBase = "number-base"
    case details
    case inspector
    case statistics
    case hexColumns = "hex-columns"
    case sort
    case sortBy = "sort-by"
    case shares
    case ramMap = "ram-map"
    case rawRecord = "raw-record"

    case tag
    case showTagged = "show-tagged"
    case copyValue = "copy-value"
    case copyName = "copy-name"
    case copyPath = "copy-path"
    case copyOffset = "copy-offset"
    case copyHex = "copy-hex"
    case copyJSON = "copy-json"
    case copyC = "copy-c"
    case copyPython = "copy-python"
    case copyBase64 = "copy-base64"
    case copyCommand = "copy-command"
    case write
    case pipe
    case report

    case editValue = "edit-value"
    case drop
    case undo
    case redo
    case edits

    case open
    case nextFile = "next-file"
    case previousFile = "previous-file"
    case help
    case set
    case tutor
    case cancel
    case close
    case quit
    case redraw
    case suspend

    /// The name on the command line.
    package var name: String { rawValue }

    /// A short description.
    package var title: String { definition.title }

    package var group: ActionGroup { definition.group }

    /// The default keys.
    package var keys: [KeySequence] { definition.keys.compactMap { try? KeySequence($0) } }

    /// The argument that the last key of its sequence gives.
    var argument: KeyArgument? {
        switch self {
        case .expandToLevel: .digit
        case .setMark, .goToMark: .letter
        default: nil
        }
    }

    /// Other names on the command line.
    package var aliases: [String] {
        switch self {
        case .quit: ["q", "qa", "q!", "x"]
        case .help: ["h"]
        case .open: ["e", "edit"]
        case .write: ["w"]
        case .undo: ["u"]
        case .nextFile: ["n", "next"]
        case .previousFile: ["N", "prev"]
        case .set: ["se"]
        default: []
        }
    }

    /// Finds the action with this name or alias.
    package init?(name: some StringProtocol) {
        let name = String(name)
        if let action = Action(rawValue: name) {
            self = action
        } else if let action = Action.allCases.first(where: { $0.aliases.contains(name) }) {
            self = action
        } else {
            return nil
        }
    }
}

/// An argument that is a key.
enum KeyArgument: Sendable {
    /// 1 to 9.
    case digit
    /// a to z, as 1 to 26.
    case letter

    var text: String { self == .digit ? "1…9" : "a…z" }

    /// The possible keys.
    var keys: [Key] {
        self == .digit
            ? "123456789".unicodeScalars.map { .character($0) } : Self.letters.map { .character($0) }
    }

    func value(of key: Key?) -> Int? {
        guard case .character(let scalar) = key else { return nil }
        switch self {
        case .digit: return key?.digit
        case .letter: return Self.letters.firstIndex(of: scalar).map { $0 + 1 }
        }
    }

    /// Returns the letter for a number from 1 to 26.
    static func letter(_ number: Int) -> String {
        letters.indices.contains(number - 1) ? String(Character(letters[number - 1])) : "?"
    }

    static let letters = Array("abcdefghijklmnopqrstuvwxyz".unicodeScalars)
}

/// A heading of the help screen.
package enum ActionGroup: String, CaseIterable, Sendable {
    case move = "Move"
    case fold = "Open and close"
    case find = "Search and go"
    case view = "View"
    case copy = "Copy and write"
    case edit = "Edit"
    case program = "Program"

    /// The actions of the group, in list order.
    package var actions: [Action] { Action.allCases.filter { $0.group == self } }
}
