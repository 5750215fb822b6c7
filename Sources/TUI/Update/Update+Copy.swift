import Bytes
import Export
import Format
import Stream

extension Update {
    /// Nodes of more bytes than this are not copied as digits or JSON.
    private static let largestCopy = 256 << 10

    mutating func performCopy(_ action: Action) {
        let node = selectedNode
        switch action {
        case .copyValue: copy(valueText(node), "value")
        case .copyName: copy(document.name(node), "name")
        case .copyPath: copy(document.pathText(node.path), "path")
        case .copyOffset: copy(offsetText(node), "offset")
        case .copyHex: copyHex(chosenBytes)
        case .copyJSON: copyJSON(node)
        default: emit(.bell)
        }
    }

    private func valueText(_ node: Node) -> String {
        let value = document.value(node)
        return model.base == .hexadecimal ? value.hexadecimal : value.decimal
    }

    // A range as `extract --range` takes it.
    private func offsetText(_ node: Node) -> String {
        guard let range = selectedBytes else { return Hex.offset(node.offset) }
        return "\(Hex.offset(range.lowerBound))+\(range.count)"
    }

    private mutating func copyHex(_ bytes: Range<Int>) {
        if isSmall(bytes.count) { copy(Hex.dump(document.region(of: shownSpace).copy(bytes)), "bytes") }
    }

    private mutating func copyJSON(_ node: Node) {
        guard isSmall(node.size) else { return }
        copy(StateExport(document).text(of: node) ?? "", "JSON")
    }

    private mutating func isSmall(_ size: Int) -> Bool {
        guard size > Self.largestCopy else { return true }
        let most = SizeText.long(Self.largestCopy)
        fail("\(SizeText.long(size)) are too many to copy; the most is \(most)")
        return false
    }

    // Where there is a terminal, it says what became of the text.
    private mutating func copy(_ text: String, _ what: String) {
        guard !text.isEmpty else { return fail("\(document.name(selectedNode)) has no \(what)") }
        emit(.copy(CopiedText(text, what: what, command: model.clipboard)))
        note("copied the \(what): \(DisplayText.escaped(text))")
    }
}

extension FieldValue {
    /// The first reading of the full value: `0x0f` of `0x0f = 15`.
    var hexadecimal: String { readings?.first ?? full }

    /// The second reading of the full value where there is one: `15` of `0x0f = 15`; else the short one.
    var decimal: String { readings?.second ?? short }

    private var readings: (first: String, second: String)? {
        guard full.hasPrefix("0x"), let separator = full.firstRange(of: " = ") else { return nil }
        return (String(full[..<separator.lowerBound]), String(full[separator.upperBound...]))
    }
}
