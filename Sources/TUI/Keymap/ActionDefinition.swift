import Export

/// The properties of an action in the list, besides its name.
struct ActionDefinition {
    let group: ActionGroup
    let title: String
    /// The keys, in the notation of `KeyScript`.
    let keys: [String]

    init(_ group: ActionGroup, _ title: String, _ keys: String...) {
        self.init(group, title, keys)
    }

    init(_ group: ActionGroup, _ title: String, _ keys: [String]) {
        self.group = group
        self.title = title
        self.keys = keys
    }
}

extension Action {
    var definition: ActionDefinition {
        switch self {
        case .moveDown: .init(.move, "next row; after a number: that many rows", "j", "<Down>")
        case .moveUp: .init(.move, "previous row", "k", "<Up>")
        case .halfPageDown: .init(.move, "half a page down", "<C-d>")
        case .halfPageUp: .init(.move, "half a page up", "<C-u>")
        case .pageDown: .init(.move, "page down", "<PgDn>", "<C-f>")
        case .pageUp: .init(.move, "page up", "<PgUp>", "<C-b>")
        case .first: .init(.move, "first row", "g", "<Home>")
        case .last: .init(.move, "last row; after a number: that row", "G", "<End>")
        case .scrollDown: .init(.move, "scroll down a row", "<C-e>")
        case .scrollUp: .init(.move, "scroll up a row", "<C-y>")
        case .rowToTop: .init(.move, "scroll so that the row is at the top", "zt")
        case .rowToMiddle: .init(.move, "scroll so that the row is in the middle", "zz")
        case .rowToBottom: .init(.move, "scroll so that the row is at the bottom", "zb")
        case .screenTop: .init(.move, "first row on the screen; after a number: that row of the screen", "H")
        case .screenMiddle: .init(.move, "row in the middle of the screen")
        case .screenBottom: .init(.move, "last row on the screen")
        case .percent:
            .init(.move, "from a section's first byte to its last, and back; 50%: half of the stream", "%")
        case .nextSibling: .init(.move, "next sibling", "J")
        case .previousSibling: .init(.move, "previous sibling", "K")
        case .parent: .init(.move, "parent", "p", "<BS>")
        case .nextSection: .init(.move, "next section", "]")
        case .previousSection: .init(.move, "previous section", "[")
        default: foldDefinition
        }
    }

    private var foldDefinition: ActionDefinition {
        switch self {
        case .right:
            .init(.fold, "expand, or first child; in the hex pane the next byte", "l", "<Right>", "zo")
        case .left:
            .init(.fold, "collapse, or parent; in the hex pane the previous byte", "h", "<Left>", "zc")
        case .toggle: .init(.fold, "expand or collapse", "<Enter>", "<Space>", "za")
        case .expandSubtree: .init(.fold, "expand all below", "e", "zO")
        case .expandAll: .init(.fold, "expand everything", "E", "zR")
        case .collapseAll: .init(.fold, "collapse everything", "C", "zM")
        case .expandToLevel: .init(.fold, "expand to this level", (1...9).map { "z\($0)" })
        default: findDefinition
        }
    }

    private var findDefinition: ActionDefinition {
        switch self {
        case .search: .init(.find, "search: name, ~regex, =value, x \"e8 ?? ff\", \"bytes as text\"", "/")
        case .searchNext: .init(.find, "next match", "n")
        case .searchPrevious: .init(.find, "previous match", "N")
        case .searchName: .init(.find, "search for this name", "*")
        case .searchNameBackward: .init(.find, "search for this name backward", "#")
        case .searchBackward: .init(.find, "search backward; n continues backward", "<C-r>")
        case .matches: .init(.find, "list of all matches; Enter goes to one", "A")
        case .filter:
            .init(
                .find, "show only matches of a name or a condition, and their ancestors; Esc shows all",
                "&")
        case .filterByName: .init(.find, "show only nodes with this name", "an")
        case .filterByType: .init(.find, "show only nodes with this type", "at")
        case .filterByValue: .init(.find, "show only nodes with this value", "av")
        case .values:
            .init(
                .find, "how often each value occurs in the fields with this name, most frequent first", "F")
        case .strings:
            .init(
                .find,
                "list of text in the range, or in the whole stream; after a number: of at least that many characters",
                "\"")
        case .palette:
            .init(
                .find, "list of actions, sections, registers, marks, places; narrows as you type", "<C-p>"
            )
        case .command: .init(.find, "go to an offset, path or section; or an action by its name", ":")
        case .goto:
            .init(.find, "go to 0x1f0, +16, path, section, BLOCK@0x1000; p 0x…, v 0x… in the guest", "o")
        case .follow:
            .init(.find, "follow: id to section, count to array, START to END, register to memory", "f")
        case .back: .init(.find, "back in the history of places", "<C-o>", "u", "''")
        case .forward: .init(.find, "forward in the history of places", "U")
        case .setMark: .init(.find, "mark this place with a letter", Self.letters("m"))
        case .goToMark: .init(.find, "go to the mark of a letter", Self.letters("'") + Self.letters("`"))
        case .note: .init(.find, "write a note on this node", ";")
        case .marks: .init(.find, "list of marks and notes", "M")
        case .nextFinding: .init(.find, "next finding; with --diff next difference", "}")
        case .previousFinding: .init(.find, "previous finding, or difference", "{")
        case .compareTwin:
            .init(
                .find, "compare with the next section with this name, or the next element: CPU 0 and 1", "c")
        case .compareRange:
            .init(.find, "compare the range with the same number of bytes at the given offset")
        case .findings: .init(.find, "check the stream and list the findings", "D")
        case .differences: .init(.find, "with --diff: list of differences", "=")
        case .otherStream: .init(.find, "with --diff: the same place in the other stream", "\\")
        case .explain: .init(.find, "explain what QEMU printed when a load failed: paste it", "X")
        default: viewDefinition
        }
    }

    private var viewDefinition: ActionDefinition {
        switch self {
        case .otherPane: .init(.view, "other pane", "<Tab>", "<S-Tab>")
        case .zoom: .init(.view, "this pane alone, or both again", "Z")
        case .dividerLeft: .init(.view, "move the divider left or up", "<lt>")
        case .dividerRight: .init(.view, "move the divider right or down", ">")
        case .layout: .init(.view, "next layout: by size, side by side, stacked, one pane", "L")
        case .selectBytes: .init(.view, "begin or end a range of bytes; y, w and | take it", "v")
        case .extendUp: .init(.view, "range of bytes: a row up", "<S-Up>")
        case .extendDown: .init(.view, "range of bytes: a row down", "<S-Down>")
        case .extendLeft: .init(.view, "range of bytes: a byte back", "<S-Left>")
        case .extendRight: .init(.view, "range of bytes: a byte forward", "<S-Right>")
        case .numberBase: .init(.view, "numbers in hexadecimal or decimal", "x")
        case .sort: .init(.view, "sort by stream order, size, name; elements of arrays keep their order", "s")
        case .sortBy:
            .init(.view, "sort by a column: name, size, type, value, stream; -size: in reverse", "O")
        case .shares:
            .init(.view, "where the bytes go: each node's share of its parent, largest first", "S")
        case .ramMap:
            .init(
                .view,
                "RAM map: pages of each block, passes; > < zoom, n finds pages sent again, Enter goes to a page",
                "R")
        case .rawRecord: .init(.view, "a RAM page as in the guest, or its record as sent", "t")
        case .statistics:
            .init(.view, "checksums, histogram and entropy of the node, or of the range", "I")
        case .hexColumns:
            .init(.view, "next number of bytes in a row of the hex pane; after a number: that many", "W")
        case .details: .init(.view, "all details of the node, with scrolling; again: back", "d")
        case .inspector: .init(.view, "the bytes at the hex cursor as numbers, times and text", "i")
        default: programDefinition
        }
    }

    private static func letters(_ first: String) -> [String] {
        KeyArgument.letters.map { first + String(Character($0)) }
    }

    private var programDefinition: ActionDefinition {
        switch self {
        case .tag:
            .init(.copy, "tag this row, or remove its tag; y, w, |, r and c act on all tagged rows", "T")
        case .showTagged: .init(.copy, "show only tagged rows", "aT")
        case .copyValue: .init(.copy, "copy value", "yv")
        case .copyName: .init(.copy, "copy name", "yn")
        case .copyPath: .init(.copy, "copy path", "yp")
        case .copyOffset: .init(.copy, "copy offset", "yo")
        case .copyHex: .init(.copy, "copy hex", "yh")
        case .copyJSON: .init(.copy, "copy JSON", "yj")
        case .copyC: .init(.copy, "copy as C array", "yc")
        case .copyPython: .init(.copy, "copy as Python bytes", "yP")
        case .copyBase64: .init(.copy, "copy as base64", "yb")
        case .copyCommand: .init(.copy, "copy the command that shows this place", "y:")
        case .write:
            .init(
                .copy,
                "write to a new file: the edited stream, otherwise the bytes of the node, or of the selected range",
                "w")
        case .pipe: .init(.copy, "pipe the bytes of the node, or of the range, to a shell command", "|")
        case .report: .init(.copy, "write marks, notes or this node as Markdown, for a bug report", "r")
        case .editValue:
            .init(
                .edit, "edit the value of the row, flags with check boxes; nothing is written yet",
                "V")
        case .drop: .init(.edit, "drop the section or subsection of the row", ",d")
        case .undo: .init(.edit, "undo the last edit", ",u")
        case .redo: .init(.edit, "redo the last undone edit", ",r")
        case .edits: .init(.edit, "list of edits as a diff with offsets; :write FILE writes them", "P")
        case .open: .init(.program, "open another file beside this one")
        case .nextFile: .init(.program, "next file; :n for short")
        case .previousFile: .init(.program, "previous file; :N for short")
        case .help: .init(.program, "this help; / searches in it", "?", "<F1>")
        case .set: .init(.program, "change a setting: theme, ascii, layout, columns, base, clipboard")
        case .tutor: .init(.program, "first steps, on a sample stream; then the next step")
        case .cancel: .init(.program, "stop the running job; clear keys, message, search and filter", "<Esc>")
        case .close: .init(.program, "close one level, quit at the last", "q")
        case .quit: .init(.program, "quit", "Q")
        case .redraw: .init(.program, "redraw the screen", "<C-l>")
        default: .init(.program, "suspend", "<C-z>")
        }
    }
}
