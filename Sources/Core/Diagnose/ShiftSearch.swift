/// Where bytes are missing or added in a section, by comparison with the same section of another stream.
package enum ShiftSearch {
    /// Sections longer than this are not compared.
    private static let limit = 1 << 22

    /// The first offset in `bytes` from which they fit `model` best when shifted to its length; nil where the
    /// lengths are equal or the bytes do not resemble each other. O(bytes).
    package static func place(_ bytes: RawSpan, _ model: RawSpan) -> Int? {
        let delta = model.byteCount - bytes.byteCount
        guard delta != 0, bytes.byteCount > 0, max(bytes.byteCount, model.byteCount) <= limit else {
            return nil
        }
        // Bytes after an insertion of n bytes belong to the model n bytes before, and so on.
        func shifted(_ index: Int) -> Int {
            let at = index + delta
            return at >= 0 && at < model.byteCount && bytes[byteAt: index] == model[byteAt: at] ? 1 : 0
        }
        func unshifted(_ index: Int) -> Int {
            index < model.byteCount && bytes[byteAt: index] == model[byteAt: index] ? 1 : 0
        }
        var score = 0
        for index in 0..<bytes.byteCount { score += shifted(index) }
        var best = (score: score, place: 0)
        for index in 0..<bytes.byteCount {
            score += unshifted(index) - shifted(index)
            if score > best.score { best = (score, index + 1) }
        }
        return best.score * 2 > bytes.byteCount ? best.place : nil
    }
}
