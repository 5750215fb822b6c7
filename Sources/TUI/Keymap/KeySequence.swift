/// Keys pressed in sequence: `j`, `zc`, `yv`.
package struct KeySequence: Hashable, Sendable, CustomStringConvertible {
    package let keys: [Key]

    init(_ keys: [Key]) { self.keys = keys }

    /// Parses the notation of `KeyScript`.
    ///
    /// - Throws: `KeyScript.Failure` for an unknown key name.
    package init(_ text: String) throws(KeyScript.Failure) {
        keys = try KeyScript.keys(text)
    }

    /// The keys as the help screen shows them: `C-d`, `PgDn`, `yv`.
    package var description: String { keys.map { $0 == .character("<") ? "<" : $0.name }.joined() }

    /// The keys in the notation of `KeyScript`.
    var script: String { keys.map { $0.needsBrackets ? "<\($0.name)>" : $0.name }.joined() }

    /// Whether one sequence is a prefix of the other, so that only one of them can be bound.
    func conflicts(with other: KeySequence) -> Bool {
        keys.starts(with: other.keys) || other.keys.starts(with: keys)
    }
}

extension Key {
    /// The value of a digit key.
    var digit: Int? {
        guard case .character(let scalar) = self, ("0"..."9").contains(scalar) else { return nil }
        return Int(scalar.value) - 0x30
    }
}
