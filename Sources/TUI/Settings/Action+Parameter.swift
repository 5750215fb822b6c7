/// The text that may follow the name of an action on the command line.
enum CommandParameter: Equatable, Sendable {
    /// A repeat count or an index.
    case number
    /// The letter of a mark.
    case letter
    /// A place to go to.
    case place
    /// The name and the value of a setting.
    case setting
    /// One of these words.
    case choice([String])
    /// Free text, such as a pattern, a file name or a note.
    case text
    /// Another command line.
    case line

    /// A description of the expected text, for messages.
    var expected: String {
        switch self {
        case .number: "a number"
        case .letter: "a letter from a to z"
        case .place: "a place"
        case .setting: "a setting and its value"
        case .choice(let words): words.joined(separator: ", ")
        case .text, .line: "text"
        }
    }
}

extension Action {
    var parameter: CommandParameter {
        switch self {
        case .goto: .place
        case .compareRange, .open, .editValue: .text
        case .search, .filter, .write, .pipe, .explain, .help, .note, .report: .text
        case .command: .line
        case .setMark, .goToMark: .letter
        case .set: .setting
        case .sort, .sortBy:
            .choice(["name", "size", "type", "value", "stream", "-name", "-size", "-type", "-value"])
        case .layout: .choice(Setting.layout.values)
        case .numberBase: .choice(Setting.base.values)
        default: .number
        }
    }
}
