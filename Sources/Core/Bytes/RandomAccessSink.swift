/// A file that bytes are put into at any place; what is never written reads as zero.
package protocol RandomAccessSink {
    associatedtype Failure: Error
    mutating func write(_ bytes: [UInt8], at offset: Int) throws(Failure)
    /// Sets the length of the whole.
    mutating func finish(length: Int) throws(Failure)
}

/// Puts pieces that follow each other into one write: guest memory comes page by page.
package struct RunWriter<Sink: RandomAccessSink> {
    private var run: [UInt8] = []
    private var start = 0

    /// Bytes of a run from which on it is written.
    private static var largest: Int { 1 << 20 }

    package init() {}

    /// Adds a piece; what does not follow the last one begins a run. O(bytes).
    package mutating func write(_ bytes: [UInt8], at offset: Int, to sink: inout Sink) throws(Sink.Failure) {
        if offset != start + run.count || run.count >= Self.largest {
            try flush(to: &sink)
            start = offset
        }
        run += bytes
    }

    /// Writes what is left; must be called at the end.
    package mutating func flush(to sink: inout Sink) throws(Sink.Failure) {
        guard !run.isEmpty else { return }
        try sink.write(run, at: start)
        run.removeAll(keepingCapacity: true)
    }
}
