/// Suggestions for misspelled names.
package enum Suggestion {
    private static let most = 3

    /// Returns `; did you mean a, b?`, or an empty text if no name is similar.
    package static func text(for word: String, among names: [String]) -> String {
        let near = nearest(to: word, among: names)
        return near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
    }

    /// Returns the names with the smallest edit distance, and those that contain the word. O(names × n²).
    package static func nearest(to word: String, among names: [String]) -> [String] {
        let word = Array(word.lowercased().unicodeScalars.prefix(64))
        guard !word.isEmpty else { return [] }
        let limit = max(1, word.count / 3)
        var found: [(name: String, distance: Int)] = []
        for name in names {
            let scalars = Array(name.lowercased().unicodeScalars)
            let isPart = word.count >= 3 && contains(scalars, word)
            let distance = isPart ? 1 : distance(word, scalars)
            if distance <= limit { found.append((name, distance)) }
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(most).map(\.name)
    }

    private static func contains(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
        guard part.count <= text.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
    }

    /// Returns the number of letters to insert, remove, replace or swap (optimal string alignment).
    package static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var next = [i + 1]
            for (j, b) in right.enumerated() {
                var best = min(row[j] + (a == b ? 0 : 1), row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, before[j - 1] + 1) }
                next.append(best)
            }
            (before, row) = (row, next)
        }
        return row.last ?? 0
    }
}
