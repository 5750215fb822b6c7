/// A file that is written at arbitrary offsets; bytes that are never written read as zero.
package protocol RandomAccessSink {
    associatedtype Failure: Error
    mutating func write(_ bytes: [UInt8], at offset: Int) throws(Failure)
    /// Sets the length of the file.
    mutating func finish(length: Int) throws(Failure)
}

/// Combines consecutive pieces into one write, because guest memory comes page by page.
package struct RunWriter<Sink: RandomAccessSink> {
    private var run: [UInt8] = []
    private var start = 0

    /// The size in bytes at which a run is written.
    private static var largest: Int { 1 << 20 }

    package init() {}

    /// Adds a piece, which begins a new run unless it follows the last one. O(bytes).
    package mutating func write(_ bytes: [UInt8], at offset: Int, to sink: inout Sink) throws(Sink.Failure) {
        if offset != start + run.count || run.count >= Self.largest {
            try flush(to: &sink)
            start = offset
        }
        run += bytes
    }

    /// Writes the rest; must be called at the end.
    package mutating func flush(to sink: inout Sink) throws(Sink.Failure) {
        guard !run.isEmpty else { return }
        try sink.write(run, at: start)
        run.removeAll(keepingCapacity: true)
    }
}
