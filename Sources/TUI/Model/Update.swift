import Bytes
import Diagnose
import Query
import Stream

/// The model, and how events change it.
struct Update {
    let document: Document
    let target: CheckTarget
    /// The comparison with another stream, and which of both this one is.
    let diff: DiffSession?
    let side: DiffSide
    /// Set by the action that brings the other stream to the front.
    var wantsOtherStream = false
    let keymap: Keymap
    /// What the file was called when the program was started; empty where nobody said.
    let inputName: String
    // The options by which it was opened.
    let inputWords: [String]
    /// Opens what an edited stream is written to.
    let openOutput: OutputOpening?
    let isInputAtEnd: (@Sendable () -> Bool)?
    /// The conditions of the color rules, and their colors.
    let colorRules: [FilterRun]
    let ruleColors: [RuleColor]
    var model: Model
    var size = Size(width: 80, height: 24)
    var layout: ScreenLayout
    /// Milliseconds since some moment; what time it is matters only for what is said of long work.
    let clock: @Sendable () -> Int
    var effects: [Effect] = []
    /// Counts the lines that the details of the selection need in a rectangle.
    let detailsLines: @Sendable (Update, Rect) -> Int
    /// Other open files with edits that no file has.
    var otherEditedFiles: [String] = []
    /// What the browser is to do with its documents.
    var request: Request?

    enum Request {
        /// Open the sample stream for the first steps.
        case tutor
        /// Open another file, or go to it when it is open.
        case openFile(String)
        /// Go on by a number of files.
        case nextFile(Int)
        /// Go back from it.
        case leaveTutor
    }

    /// The file as it is named on a command line that opens the same stream again.
    var inputArguments: [String] { [inputName.isEmpty ? document.overview.fileName : inputName] + inputWords }

    /// Whether no more of a stream that grows can come.
    var hasInputEnded: Bool { isInputAtEnd?() ?? false }

    mutating func emit(_ effect: Effect) { effects.append(effect) }

    /// Shows a line about something that did not work.
    mutating func fail(_ text: String) {
        model.message = Message(kind: .error, text: text)
        emit(.bell)
    }

    mutating func note(_ text: String) { model.message = Message(kind: .note, text: text) }
}
