/// Where exports write to.
public protocol ByteSink {
    mutating func write(_ bytes: [UInt8])
}
