import Compare

extension Update {
    /// Nodes of more bytes are not compared: no one waits for it.
    private static let largestNode = 16 << 20

    /// Lists what differs between two tagged rows, a tagged one and the selection, or the selection and its twin.
    mutating func compareTwin() {
        guard model.tags.count < 3 else {
            return fail("\(keymap.hint(.compareTwin)) compares two rows, and \(tagText)")
        }
        // Of two rows that are meant, one may be the selection.
        let meant =
            model.tags.sorted()
            + (model.tags.count == 1 && !model.tags.contains(model.selection)
                ? [model.selection] : [])
        let node = document.node(meant.count == 2 ? meant[0] : model.selection)
        guard let twin = meant.count == 2 ? meant[1] : document.twin(of: node.path) else {
            return fail("\(document.name(node)) has no twin: c compares sections of one name, and elements")
        }
        guard max(node.size, document.node(twin).size) <= Self.largestNode else {
            return fail("\(SizeText.long(node.size)) are too many to compare")
        }
        let found = NodeComparison(node.path, twin, in: document)
        let both = "\(document.pathText(node.path)) and \(document.pathText(twin))"
        guard !found.differences.isEmpty else { return note("\(both) are equal") }
        model.twins = found
        model.overlay = .twins(selected: 0)
        let count = found.differences.count
        note("\(both): \(count == 1 ? "1 difference" : "\(count)\(found.isComplete ? "" : "+") differences")")
    }

    /// Goes to the field of a difference.
    mutating func goToTwin(_ number: Int) {
        guard let twins = model.twins, twins.differences.indices.contains(number),
            let path = twins.differences[number].left ?? twins.differences[number].right
        else { return }
        remember()
        select(path, isJump: true)
    }
}
