import Bytes

/// Keys as text: characters, and names in angle brackets: `/cmos<Enter>`, `<C-d>`, `<lt>`.
package enum KeyScript {
    /// The error for an invalid key script. One line.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// Returns the events of a script.
    ///
    /// - Throws: `Failure` for an unknown key name, and for an unclosed bracket.
    package static func parse(_ text: String) throws(Failure) -> [Event] {
        try keys(text).map { .key($0) }
    }

    static func keys(_ text: String) throws(Failure) -> [Key] {
        var keys: [Key] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "<" else {
                keys.append(Key(scalar))
                continue
            }
            guard let end = rest.firstIndex(of: ">") else {
                throw Failure(description: "expected > after \"<\(shown(rest))\"; the key < is written <lt>")
            }
            let name = rest[..<end]
            guard let key = Key(name: String(name)) else {
                throw Failure(description: "no key \"<\(shown(name))>\": expected one of \(knownNames)")
            }
            keys.append(key)
            rest = rest[rest.index(after: end)...]
        }
        return keys
    }

    private static var knownNames: String {
        let names = Key.named.compactMap { $0.names.first } + ["F1…F12", "C-a…C-z"]
        return names.map { "<\($0)>" }.joined(separator: " ")
    }

    private static func shown(_ text: Substring.UnicodeScalarView) -> String {
        DisplayText.escaped(String(text))
    }
}
