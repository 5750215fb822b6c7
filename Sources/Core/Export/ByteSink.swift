/// Where exports write to.
package protocol ByteSink {
    mutating func write(_ bytes: [UInt8])
}
