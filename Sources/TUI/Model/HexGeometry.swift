/// The columns of offset, bytes and text in a hex row.
///
/// A row consists of margin, offset, gap, bytes with one column between them, gap, separator, text. The
/// column to the left of each byte and the one to the right of the last are free for marks.
struct HexGeometry: Equatable, Sendable {
    let bytesPerRow: Int
    /// The digits of the offset column; 0 without an offset column.
    let digits: Int
    let offsetX: Int
    let bytesX: Int
    /// Whether an extra column separates groups of eight bytes.
    let isGrouped: Bool
    /// The column of the text; nil without text.
    let textX: Int?
    /// The column of the line before the text; nil without the line.
    let separatorX: Int?

    /// Fits as many bytes as possible: 32, 16 or 8 with text, fewer in narrow panes.
    ///
    /// `width` is in columns, `streamSize` in bytes; `wanted` is the number of bytes per row if they fit.
    init(width: Int, streamSize: Int, bytes wanted: Int? = nil) {
        let needed = Self.digits(for: streamSize)
        let shapes: [(bytes: Int, hasText: Bool)] = [
            (32, true), (16, true), (8, true), (8, false), (4, true), (4, false), (2, false), (1, false),
        ]
        let asked = wanted.map { [($0, true), ($0, false)] } ?? []
        let fitting = (asked + shapes).first { Self.smallestWidth($0.bytes, $0.hasText, needed) <= width }
        let (bytes, hasText) = fitting ?? (1, false)
        var spare = width - Self.smallestWidth(bytes, hasText, needed)
        func take(_ columns: Int) -> Int {
            guard columns <= spare else { return 0 }
            spare -= columns
            return columns
        }
        let separator = hasText ? take(1) : 0
        let digits = fitting == nil ? 0 : needed + take(max(0, 8 - needed))
        let margin = take(1)
        let gap = digits == 0 ? 0 : 1 + take(1)
        isGrouped = bytes > 8 && take(bytes / 8 - 1) > 0
        bytesPerRow = bytes
        self.digits = digits
        offsetX = margin
        bytesX = margin + digits + gap
        let end = bytesX + bytes * 3 - 1 + (isGrouped ? bytes / 8 - 1 : 0)
        separatorX = separator > 0 ? end + 1 : nil
        textX = hasText ? end + 1 + separator : nil
    }

    /// Returns the column of the first digit of a byte, from the left of the pane.
    func x(ofByte index: Int) -> Int { bytesX + index * 3 + (isGrouped ? index / 8 : 0) }

    /// Returns the byte of a row at a column, in the bytes or in the text; nil elsewhere.
    func byte(atX x: Int) -> Int? {
        if let textX, x >= textX { return x - textX < bytesPerRow ? x - textX : nil }
        return (0..<bytesPerRow).last { self.x(ofByte: $0) <= x }
    }

    /// Returns the minimum number of columns for a row of `bytes` bytes.
    static func smallestWidth(_ bytes: Int, _ hasText: Bool, _ digits: Int) -> Int {
        digits + 1 + bytes * 3 - 1 + (hasText ? 1 + bytes : 0)
    }

    /// Returns the number of hexadecimal digits of the largest offset, at least 4.
    static func digits(for streamSize: Int) -> Int {
        max(4, String(max(streamSize - 1, 0), radix: 16).utf8.count)
    }
}
