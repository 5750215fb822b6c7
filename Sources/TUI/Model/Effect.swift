import Bytes
import Stream

/// A request of the browser to the terminal.
package enum Effect: Equatable, Sendable {
    case quit, suspend, redraw, bell
    /// Copies this text to the clipboard.
    case copy(CopiedText)
    /// Saves the state for the next session.
    case keep
    /// Writes these bytes to a new file. The result comes back as `Event.reported`.
    case write(StreamBytes, path: String)
    /// Pipes these bytes to a shell command, which owns the terminal meanwhile; the result is reported too.
    case pipe(StreamBytes, command: String)
    /// Lists the files whose names begin with this text; the result comes back as `Event.fileNames`.
    case listFiles(beginning: String)
}

/// Text for the clipboard.
package struct CopiedText: Equatable, Sendable {
    package let text: String
    /// The part of the node that it is: value, name, path …
    package let what: String
    /// The shell command that receives it; nil: the terminal.
    package let command: String?

    package init(_ text: String, what: String, command: String? = nil) {
        self.text = text
        self.what = what
        self.command = command
    }
}

/// Bytes of the stream, read on demand.
package struct StreamBytes: Equatable, Sendable {
    private let region: MappedRegion
    private let ranges: [Range<Int>]

    /// The bytes of some ranges of a region, in sequence.
    init(_ region: MappedRegion, _ ranges: [Range<Int>]) {
        self.region = region
        self.ranges = ranges.map { $0.clamped(to: 0..<region.count) }
    }

    package var count: Int { ranges.reduce(0) { $0.addingSaturated($1.count) } }

    /// Passes the bytes in pieces of at most 1 MiB, until `body` returns false. O(count).
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

/// The reason why a file can't be opened. One line.
package struct FileProblem: Error, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}
