import Bytes
import Stream

/// One screen.
package struct Frame: Sendable {
    package var grid: Grid
    /// Where the cursor of the terminal is; nil: nowhere to be seen.
    package var cursor: (x: Int, y: Int)?
}

/// What the browser wants of the terminal.
package enum Effect: Equatable, Sendable {
    case quit, suspend, redraw, bell
    /// Put this text on the clipboard.
    case copy(CopiedText)
    /// Keep what is to be there the next time.
    case keep
    /// Write these bytes into a new file. What became of it comes back as `Event.reported`.
    case write(StreamBytes, path: String)
    /// Give these bytes to a shell command, which has the terminal meanwhile; reported too.
    case pipe(StreamBytes, command: String)
    /// Say which files have names that begin like this; they come back as `Event.fileNames`.
    case listFiles(beginning: String)
}

/// Text for the clipboard.
package struct CopiedText: Equatable, Sendable {
    package let text: String
    /// What it is of the node: value, name, path …
    package let what: String
    /// The shell command that takes it; nil: the terminal does.
    package let command: String?

    package init(_ text: String, what: String, command: String? = nil) {
        self.text = text
        self.what = what
        self.command = command
    }
}

/// Bytes of the stream, read when they are needed.
package struct StreamBytes: Equatable, Sendable {
    private let region: MappedRegion
    private let ranges: [Range<Int>]

    /// Bytes of a region, one range after the other.
    init(_ region: MappedRegion, _ ranges: [Range<Int>]) {
        self.region = region
        self.ranges = ranges.map { $0.clamped(to: 0..<region.count) }
    }

    package var count: Int { ranges.reduce(0) { $0.addingSaturated($1.count) } }

    /// The bytes in pieces of at most 1 MiB, until `body` returns false. O(count).
    package func forEachPiece(_ body: ([UInt8]) -> Bool) {
        for range in ranges {
            var offset = range.lowerBound
            while offset < range.upperBound {
                let end = min(offset + (1 << 20), range.upperBound)
                guard body(region.copy(offset..<end)) else { return }
                offset = end
            }
        }
    }

    package static func == (left: StreamBytes, right: StreamBytes) -> Bool {
        left.region === right.region && left.ranges == right.ranges
    }
}

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

/// Why a file can't be opened. One line.
package struct FileProblem: Error, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}
