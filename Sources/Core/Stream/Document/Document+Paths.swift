import Bytes
import Format

extension Document {
    /// Returns the node that a path text names, or nil. Reads lazy parts on the way. O(depth · siblings).
    package func path(text: String) -> NodePath? { path(text: text, from: tree.root) }

    /// Returns the node that a path text names below `start`, or nil. Slashes in names may be plain, or
    /// `%2f`.
    package func path(text: String, from start: Node) -> NodePath? {
        var parent = start
        while true {
            switch tree.node(named: text, below: parent) {
            case .known(let node): return node.path
            case .missing: return nil
            case .unread(let path):
                guard open(path) else { return nil }
                parent = tree.node(start.path)
            }
        }
    }

    /// Returns the bytes of the node that a path names; nil if there is no such node.
    package func range(ofPath text: String) -> Range<Int>? { path(text: text).map { tree.node($0).range } }

    /// Returns the leaf that owns the byte at `offset`. Reads lazy parts on the way.
    package func path(atOffset offset: Int) -> NodePath {
        while true {
            let path = tree.knownPath(atOffset: offset)
            guard tree.node(path).isLazy, open(path) else { return path }
        }
    }

    /// Returns the deepest node that owns the byte at `offset` of the stream or of a container.
    package func path(atOffset offset: Int, in space: ByteSpace) -> NodePath {
        guard case .layer(let number) = space, store.containerCount > number else {
            return path(atOffset: offset)
        }
        if store.name(of: space) == "file", let path = tree.containerPath(atFileOffset: offset) {
            return path
        }
        let layer = tree.child(number, of: tree.root)
        let last = max(layer.range.upperBound - 1, layer.offset)
        return tree.deepest(atOffset: min(max(offset, layer.offset), last), below: layer)
    }

    /// Returns additional lines for the details pane.
    package func details(_ node: Node) -> [(label: String, text: String)] {
        var lines: [(label: String, text: String)] = []
        if let record = tree.record(of: node) {
            if let section = record.section {
                lines.append(
                    ("section", "id \(section.id)  instance \(section.instance)  version \(section.version)"))
            }
            if record.kind == .unread, !node.isLazy { lines.append(("state", "waiting for the rest")) }
            if node.isLazy { lines.append(("state", "not read yet; expand to read it")) }
        } else if let unit = tree.fieldType(of: node)?.unit, !unit.isEmpty {
            lines.append(("unit", unit))
        }
        lines += tree.meaningLines(node)
        if !node.layout.isNone {
            let layout = store.table[node.layout]
            if layout.vmsdName != .empty {
                lines.append(
                    ("vmstate", "\(store.table.names.text(layout.vmsdName)) version \(layout.version)"))
            }
            // Elements with different content are items of their own, and may have different sizes.
            let runs = store.table.items(of: node.layout)
            if layout.kind == .array, let run = runs.first, node.childCount > 0,
                runs.allSatisfy({ $0.stride == run.stride })
            {
                lines.append(("array", "\(node.childCount) × \(run.stride) bytes"))
            }
        }
        guard node.space == .stream else { return lines }
        for finding in findings where finding.offset >= node.offset && finding.offset < node.range.upperBound
        {
            if !node.isExpandable || finding.size == node.size {
                lines.append((finding.severity.rawValue, finding.message))
            }
        }
        return lines
    }
}
