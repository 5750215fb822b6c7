/// What stands in the list of actions beside the name.
struct ActionDefinition {
    let group: ActionGroup
    let title: String
    /// In the notation of `KeyScript`.
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
        case .moveDown: .init(.move, "next row (a number before it: so many)", "j", "<Down>")
        case .moveUp: .init(.move, "previous row", "k", "<Up>")
        case .halfPageDown: .init(.move, "half a page down", "<C-d>")
        case .halfPageUp: .init(.move, "half a page up", "<C-u>")
        case .pageDown: .init(.move, "page down", "<PgDn>", "<C-f>")
        case .pageUp: .init(.move, "page up", "<PgUp>", "<C-b>")
        case .first: .init(.move, "first row", "g", "<Home>")
        case .last: .init(.move, "last row; after a number: that row", "G", "<End>")
        case .scrollDown: .init(.move, "scroll down a row", "<C-e>")
        case .scrollUp: .init(.move, "scroll up a row", "<C-y>")
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
        case .right: .init(.fold, "expand, or first child; in the hex pane the next byte", "l", "<Right>")
        case .left: .init(.fold, "collapse, or parent; in the hex pane the previous byte", "h", "<Left>")
        case .toggle: .init(.fold, "expand or collapse", "<Enter>", "<Space>")
        case .expandSubtree: .init(.fold, "expand all below", "e")
        case .expandAll: .init(.fold, "expand everything", "E")
        case .collapseAll: .init(.fold, "collapse everything", "C")
        case .expandToLevel: .init(.fold, "expand to this level", (1...9).map { "z\($0)" })
        default: findDefinition
        }
    }

    private var findDefinition: ActionDefinition {
        switch self {
        case .search: .init(.find, "search names; lower case finds both cases", "/")
        case .searchNext: .init(.find, "next match", "n")
        case .searchPrevious: .init(.find, "previous match", "N")
        case .searchName: .init(.find, "search this name", "*")
        case .command: .init(.find, "go to an offset, path or section; or an action by its name", ":")
        case .goto: .init(.find, "go to 0x1f0, 64K, +16, idstr:0/field, section, BLOCK@0x1000", "o")
        case .back: .init(.find, "back in the history of places", "<C-o>", "u")
        case .forward: .init(.find, "forward in the history of places", "U")
        case .nextFinding: .init(.find, "next finding", "}")
        case .previousFinding: .init(.find, "previous finding", "{")
        case .findings: .init(.find, "list of findings", "D")
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
        case .numberBase: .init(.view, "numbers in hexadecimal or decimal", "x")
        default: programDefinition
        }
    }

    private var programDefinition: ActionDefinition {
        switch self {
        case .copyValue: .init(.copy, "copy value", "yv")
        case .copyName: .init(.copy, "copy name", "yn")
        case .copyPath: .init(.copy, "copy path", "yp")
        case .copyOffset: .init(.copy, "copy offset", "yo")
        case .copyHex: .init(.copy, "copy hex", "yh")
        case .help: .init(.program, "this help", "?", "<F1>")
        case .cancel: .init(.program, "forget keys, message, and marks of a search", "<Esc>")
        case .close: .init(.program, "close one level, quit at the last", "q")
        case .quit: .init(.program, "quit", "Q")
        case .redraw: .init(.program, "draw the screen anew", "<C-l>")
        default: .init(.program, "suspend", "<C-z>")
        }
    }
}
