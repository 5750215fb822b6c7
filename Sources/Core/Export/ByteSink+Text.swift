extension ByteSink {
    /// Writes text as UTF-8.
    package mutating func write(_ text: String) {
        write(Array(text.utf8))
    }
}
