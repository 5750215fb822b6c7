/// A place where the bytes do not fit their layout.
package struct Mismatch: Error, Sendable, Equatable {
    /// Bytes from the start of the stream.
    package var offset: Int
    package var size: Int
    package var expected: String
    package var found: String

    package init(offset: Int, size: Int, expected: String, found: String) {
        self.offset = offset
        self.size = size
        self.expected = expected
        self.found = found
    }
}
