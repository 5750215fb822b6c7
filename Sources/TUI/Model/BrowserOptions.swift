import Edit
import Stream

/// How the browser starts and looks.
package struct BrowserOptions: Sendable {
    /// Start here.
    package var startPlace: Place?
    /// Lines to be done at the start: an action by its name, or what is typed after `:`, `/` or `&`.
    package var commands: [String] = []
    /// What the file was called when the program was started.
    package var inputName = ""
    /// The options by which it was opened, as words of a command line.
    package var inputWords: [String] = []
    /// Of a stream that grows: whether nothing more can come; nil where nobody knows.
    package var isInputAtEnd: (@Sendable () -> Bool)?
    /// Other files that can be gone to.
    package var moreFiles: [String] = []
    /// Opens one of them, or says why not; nil where none can be opened.
    package var openFile: (@Sendable (String) -> Result<Document, FileProblem>)?
    /// Opens what an edited stream is written to; nil where nothing is written.
    package var openOutput: OutputOpening?
    /// Start at the first match of this search.
    package var find: String?
    /// Draw with ASCII characters only.
    package var ascii: Bool
    package var colors: ColorDepth
    /// What the user has set: keys, theme, layout, number base.
    package var settings: Settings
    /// Something that must be said at the start, such as what is wrong with the settings.
    package var notice: String?
    /// Opens the sample stream for the first steps; nil where there is none.
    package var sample: (@Sendable () -> Document?)?
    /// What was kept the last time.
    package var kept = Keepsake()
    /// Milliseconds since some moment, for the rate and the rest of long work; without it they are not shown.
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

/// Opens what an edited stream is written to, by the name that a user gives it, or says why not.
package typealias OutputOpening = @Sendable (String) -> Result<any StreamOutput, FileProblem>

extension Look {
    init(_ options: BrowserOptions) {
        theme = options.settings.theme ?? .auto
        colors = options.colors
        ascii = options.ascii || options.settings.ascii ?? false
    }
}
