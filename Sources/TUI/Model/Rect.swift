/// A part of the screen, in cells.
struct Rect: Equatable, Sendable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    var right: Int { x + width }
    var bottom: Int { y + height }

    func contains(_ column: Int, _ row: Int) -> Bool {
        (x..<right).contains(column) && (y..<bottom).contains(row)
    }
}
