/// A file that bytes are put into at any place; what is never written reads as zero.
package protocol RandomAccessSink {
    associatedtype Failure: Error
    mutating func write(_ bytes: [UInt8], at offset: Int) throws(Failure)
    /// Sets the length of the whole.
    mutating func finish(length: Int) throws(Failure)
}
