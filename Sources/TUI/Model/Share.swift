import Edit

/// A part of a whole, for display.
struct Share: Equatable {
    /// The maximum number of columns of `text`.
    static let textColumns = 7

    /// The share in thousandths, rounded down.
    let thousandths: Int
    private let isNothing: Bool

    /// Both numbers are in bytes.
    init(_ part: Int, of whole: Int) {
        let isAll = part >= whole || whole <= 0
        thousandths = isAll ? (part > 0 ? 1000 : 0) : Int(Double(part) / Double(whole) * 1000)
        isNothing = part <= 0
    }

    /// `72.4 %`, `<0.1 %`.
    var text: String {
        if thousandths >= 1000 { return "100 %" }
        if thousandths == 0 { return isNothing ? "0 %" : "<0.1 %" }
        return "\(thousandths / 10).\(thousandths % 10) %"
    }

    /// Returns a bar of this many columns, filled in half columns.
    func bar(_ columns: Int) -> String {
        let halves = (thousandths * columns * 2 + 500) / 1000
        let full = String(repeating: "█", count: halves / 2) + (halves % 2 > 0 ? "▌" : "")
        return full + String(repeating: " ", count: columns - (halves + 1) / 2)
    }
}
