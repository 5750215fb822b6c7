import Core

extension Update {
    /// More bytes than this are not copied as digits: terminals drop long sequences.
    private static let largestCopy = 32 << 10

    mutating func performCopy(_ action: Action) {
        let node = selectedNode
        switch action {
        case .copyValue: copy(valueText(node), "value")
        case .copyName: copy(document.name(node), "name")
        case .copyPath: copy(document.pathText(node.path), "path")
        case .copyOffset: copy(Hex.offset(node.offset), "offset")
        case .copyHex: copyHex(node)
        default: emit(.bell)
        }
    }

    private func valueText(_ node: Node) -> String {
        let value = document.value(node)
        return model.base == .hexadecimal ? value.hexadecimal : value.decimal
    }

    private mutating func copyHex(_ node: Node) {
        guard node.size <= Self.largestCopy else {
            let most = SizeText.long(Self.largestCopy)
            return fail("\(SizeText.long(node.size)) are too many to copy; the most is \(most)")
        }
        copy(Hex.dump(document.bytes(of: node)), "bytes")
    }

    private mutating func copy(_ text: String, _ what: String) {
        guard !text.isEmpty else { return fail("\(document.name(selectedNode)) has no \(what)") }
        emit(.copy(text))
        note("copied the \(what): \(text)")
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
