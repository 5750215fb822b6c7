import Query
import Stream

extension Document {
    /// The node of a path that must exist.
    func node(text: String) -> Node? { path(text: text).map { tree.node($0) } }

    /// `value: meaning` of a node, as `tree --values` has it.
    func words(_ path: String) -> String? {
        node(text: path).map { node in
            let meaning = tree.meaning(node)
            return tree.value(node).full + (meaning.isEmpty ? "" : ": " + meaning)
        }
    }

    /// The lines of the details pane of a node, `label: text`.
    func lines(_ path: String) -> [String] {
        node(text: path).map { details($0).map { "\($0.label): \($0.text)" } } ?? []
    }

    /// The paths that a search for a name finds, the first `limit`.
    func paths(named name: String, limit: Int = 3) -> [String] {
        let search = Search(name, self)
        return (0..<min(search.count, limit)).compactMap {
            search.path(ofOrdinal: $0 + 1, self).map { tree.pathText($0) }
        }
    }
}

extension Sample {
    /// A stream of the corpus; nil where it is not there.
    static func corpus(_ name: String) -> Sample? { corpus.first { $0.name == name + ".mig" } }
}
