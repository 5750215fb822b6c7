/// The destination of an export.
package protocol ByteSink {
    mutating func write(_ bytes: [UInt8])
}

extension ByteSink {
    /// Writes text as UTF-8.
    package mutating func write(_ text: String) {
        write(Array(text.utf8))
    }
}
