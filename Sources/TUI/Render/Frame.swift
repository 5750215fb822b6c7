/// One screen.
package struct Frame: Sendable {
    package var grid: Grid
    /// The position of the terminal's cursor; nil: hidden.
    package var cursor: (x: Int, y: Int)?
}
