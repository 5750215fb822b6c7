/// Keys that are pressed one after the other: `j`, `zc`, `yv`.
public struct KeySequence: Hashable, Sendable, CustomStringConvertible {
    public let keys: [Key]

    /// Reads the notation of `KeyScript`.
    ///
    /// - Throws: `KeyScript.Failure` for a name that is no key.
    public init(_ text: String) throws(KeyScript.Failure) {
        keys = try KeyScript.keys(text)
    }

    /// As the help screen shows it: `C-d`, `PgDn`, `yv`.
    public var description: String { keys.map { $0 == .character("<") ? "<" : $0.name }.joined() }
}

extension Key {
    /// The value of a digit key.
    var digit: Int? {
        guard case .character(let scalar) = self, ("0"..."9").contains(scalar) else { return nil }
        return Int(scalar.value) - 0x30
    }
}
