import Edit
import Stream

/// The start and the look of the browser.
package struct BrowserOptions: Sendable {
    /// The start place.
    package var startPlace: Place?
    /// The lines to run at the start: an action by name, or the text after `:`, `/` or `&`.
    package var commands: [String] = []
    /// The name of the file on the command line.
    package var inputName = ""
    /// The options that opened the file, as words of a command line.
    package var inputWords: [String] = []
    /// For a growing stream, whether its end was reached; nil when that is unknown.
    package var isInputAtEnd: (@Sendable () -> Bool)?
    /// The other files that the user can switch to.
    package var moreFiles: [String] = []
    /// Opens one of these files, or returns the reason for the failure; nil when none can be opened.
    package var openFile: (@Sendable (String) -> Result<Document, FileProblem>)?
    /// Opens the output for an edited stream; nil when writing is not possible.
    package var openOutput: OutputOpening?
    /// A search whose first match is the start place.
    package var find: String?
    /// Whether to draw with ASCII characters only.
    package var ascii: Bool
    package var colors: ColorDepth
    /// The user's settings: keys, theme, layout, number base.
    package var settings: Settings
    /// A message for the start, such as an error in the settings.
    package var notice: String?
    /// Opens the sample stream for the first steps; nil when there is none.
    package var sample: (@Sendable () -> Document?)?
    /// The state kept from the previous session.
    package var kept = Keepsake()
    /// A clock in milliseconds, for the rate and the remaining time of long jobs; without it they are not
    /// shown.
    package var clock: (@Sendable () -> Int)?

    package init(
        startPlace: Place? = nil, find: String? = nil, ascii: Bool = false, colors: ColorDepth = .mono,
        settings: Settings = Settings(), notice: String? = nil, kept: Keepsake = Keepsake(),
        sample: (@Sendable () -> Document?)? = nil
    ) {
        self.sample = sample
        self.kept = kept
        self.settings = settings
        self.notice = notice
        self.startPlace = startPlace
        self.find = find
        self.ascii = ascii
        self.colors = colors
    }
}

/// Opens the output for an edited stream by the user's file name, or returns the reason for the failure.
package typealias OutputOpening = @Sendable (String) -> Result<any StreamOutput, FileProblem>

extension Look {
    init(_ options: BrowserOptions) {
        theme = options.settings.theme ?? .auto
        colors = options.colors
        ascii = options.ascii || options.settings.ascii ?? false
    }
}
