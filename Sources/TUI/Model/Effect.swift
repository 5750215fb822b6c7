import Bytes
import Stream

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

/// Why a file can't be opened. One line.
package struct FileProblem: Error, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}
