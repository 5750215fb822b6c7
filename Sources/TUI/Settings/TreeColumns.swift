/// The columns of the tree beside names and values.
package struct TreeColumns: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let offset = TreeColumns(rawValue: 1)
    package static let type = TreeColumns(rawValue: 2)
    package static let size = TreeColumns(rawValue: 4)

    /// What is shown where nothing else was chosen.
    package static let standard: TreeColumns = [.type, .size]

    private static let words: [(word: String, column: TreeColumns)] = [
        ("offset", .offset), ("type", .type), ("size", .size),
    ]

    /// Each choice there is, by its name.
    package static let names: [String] = (0..<1 << words.count).map { TreeColumns(rawValue: $0).name }

    /// The words in their order on the screen, with commas between them, or `none`.
    package var name: String {
        isEmpty ? "none" : Self.words.filter { contains($0.column) }.map(\.word).joined(separator: ",")
    }

    /// The words in any order; nil where one is none of them.
    package init?(name: String) {
        self = []
        if name == "none" { return }
        for word in name.split(separator: ",", omittingEmptySubsequences: false) {
            guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
            insert(known.column)
        }
    }
}
