import Bytes
import Diagnose
import Query
import Stream

/// The model, and its changes by events.
struct Update {
    let document: Document
    let target: CheckTarget
    /// The comparison with another stream, and this stream's side of it.
    let diff: DiffSession?
    let side: DiffSide
    /// Whether the action to show the other stream was performed.
    var wantsOtherStream = false
    let keymap: Keymap
    /// The name of the file on the command line; empty when unknown.
    let inputName: String
    // The options that opened the file.
    let inputWords: [String]
    /// Opens the output for an edited stream.
    let openOutput: OutputOpening?
    let isInputAtEnd: (@Sendable () -> Bool)?
    /// The conditions of the color rules, and their colors.
    let colorRules: [FilterRun]
    let ruleColors: [RuleColor]
    var model: Model
    var size = Size(width: 80, height: 24)
    var layout: ScreenLayout
    /// A clock in milliseconds; it is used only for reports about long jobs.
    let clock: @Sendable () -> Int
    var effects: [Effect] = []
    /// Returns the number of lines that the details of the selection need in a rectangle.
    let detailsLines: @Sendable (Update, Rect) -> Int
    /// The other open files with unwritten edits.
    var otherEditedFiles: [String] = []
    /// A request to the browser about its documents.
    var request: Request?

    enum Request {
        /// Opens the sample stream for the first steps.
        case tutor
        /// Opens another file, or switches to it when it is open.
        case openFile(String)
        /// Switches by a number of files.
        case nextFile(Int)
        /// Returns from the sample stream.
        case leaveTutor
    }

    /// The arguments of a command line that opens the same stream again.
    var inputArguments: [String] { [inputName.isEmpty ? document.overview.fileName : inputName] + inputWords }

    /// Whether a growing stream has ended.
    var hasInputEnded: Bool { isInputAtEnd?() ?? false }

    mutating func emit(_ effect: Effect) { effects.append(effect) }

    /// Shows an error message.
    mutating func fail(_ text: String) {
        model.message = Message(kind: .error, text: text)
        emit(.bell)
    }

    mutating func note(_ text: String) { model.message = Message(kind: .note, text: text) }
}
