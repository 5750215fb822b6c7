/// The number of columns that a scalar takes on a terminal.
package enum CharacterWidth {
    /// Returns 0 for scalars without a column (controls, marks, format characters), 2 for wide scalars,
    /// otherwise 1.
    package static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x7f, 0xa0..<0xad, 0xae..<0x300: return 1
        case 0..<0x20, 0x7f..<0xa0, 0xad: return 0
        case 0x2500..<0x25fd, 0x2800..<0x2900: return 1  // frames, blocks, braille: what views draw
        default: break
        }
        if isWithoutWidth(scalar) { return 0 }
        return isWide(scalar) ? 2 : 1
    }

    /// Returns the sum over all scalars of a text.
    package static func columns(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
    }

    /// Returns the longest prefix of `text` that takes at most `limit` columns.
    package static func prefix(of text: String, columns limit: Int) -> Substring {
        var used = 0
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            used += columns(of: scalars[index])
            if used > limit { return text[..<index] }
        }
        return text[...]
    }

    private static func isWithoutWidth(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .surrogate, .lineSeparator,
            .paragraphSeparator:
            true
        default:
            // Vowels and finals of Hangul join the consonant before them.
            (0x1160...0x11ff).contains(scalar.value)
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        guard value >= 0x1100 else { return false }
        let index = wideRanges.indices.binarySearch(first: { wideRanges[$0].upperBound >= value })
        if index < wideRanges.count, wideRanges[index].contains(value) { return true }
        // A flag consists of two letters that are narrow each.
        return scalar.properties.isEmojiPresentation && !(0x1f1e6...0x1f1ff).contains(value)
    }

    /// East Asian Width W and F without the emoji, which the standard library knows; ascending.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0x3247, 0x3250...0x4dbf,
        0x4e00...0xa4c6, 0xa960...0xa97c, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19,
        0xfe30...0xfe6b, 0xff01...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18cff, 0x1aff0...0x1b2fb,
        0x1f200...0x1f265, 0x20000...0x2fffd, 0x30000...0x3fffd,
    ]
}
