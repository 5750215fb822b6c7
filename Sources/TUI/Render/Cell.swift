/// One place on the screen.
package struct Cell: Hashable, Sendable {
    package var scalar: Unicode.Scalar
    package var style: Style
    /// 1, or 2 for the left half of a wide character, or 0 for the right half.
    package private(set) var width: UInt8

    /// A cell of one or two columns. Scalars that take no column become a blank.
    package init(_ scalar: Unicode.Scalar, style: Style = .normal) {
        let columns = CharacterWidth.columns(of: scalar)
        self.scalar = columns == 0 ? " " : scalar
        self.style = style
        self.width = columns == 2 ? 2 : 1
    }

    /// A space in the terminal's own colors.
    package static let blank = Cell(" ")

    /// The cell right of a wide character.
    static func rightHalf(style: Style) -> Cell {
        var cell = Cell(" ", style: style)
        cell.width = 0
        return cell
    }
}
