/// The columns of the tree besides names and values.
package struct TreeColumns: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let offset = TreeColumns(rawValue: 1)
    package static let type = TreeColumns(rawValue: 2)
    package static let size = TreeColumns(rawValue: 4)

    /// The default columns.
    package static let standard: TreeColumns = [.type, .size]

    private static let words: [(word: String, column: TreeColumns)] = [
        ("offset", .offset), ("type", .type), ("size", .size),
    ]

    /// All possible choices, by name.
    package static let names: [String] = (0..<1 << words.count).map { TreeColumns(rawValue: $0).name }

    /// The words in screen order, separated by commas, or `none`.
    package var name: String {
        isEmpty ? "none" : Self.words.filter { contains($0.column) }.map(\.word).joined(separator: ",")
    }

    /// Parses the words in any order; nil when one is invalid.
    package init?(name: String) {
        self = []
        if name == "none" { return }
        for word in name.split(separator: ",", omittingEmptySubsequences: false) {
            guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
            insert(known.column)
        }
    }
}
