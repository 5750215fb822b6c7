/// The arrangement of the panes on the screen.
package enum Arrangement: String, CaseIterable, Sendable {
    case automatic = "by size"
    case beside = "side by side"
    case stacked = "stacked"
    case single = "one pane"

    var next: Arrangement {
        let all = Arrangement.allCases
        let index = all.firstIndex(of: self).map { ($0 + 1) % all.count } ?? 0
        return all[index]
    }
}

/// The base of displayed numbers.
package enum NumberBase: String, CaseIterable, Sendable {
    case hexadecimal = "hex"
    case decimal = "dec"
}
