extension ByteSink {
    /// Writes text as UTF-8.
    public mutating func write(_ text: String) {
        write(Array(text.utf8))
    }
}
