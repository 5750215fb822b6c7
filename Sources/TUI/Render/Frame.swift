/// One screen.
package struct Frame: Sendable {
    package var grid: Grid
    /// Where the cursor of the terminal is; nil: nowhere to be seen.
    package var cursor: (x: Int, y: Int)?
}
