import Format
import Stream

extension Document {
    /// The path components of children that begin like `text`, in their order, or whose idstr does after its
    /// device path. At most `limit`; reads nothing lazy. O(children).
    package func componentNames(of parent: Node, beginning text: String, limit: Int) -> [String] {
        var names: [String] = []
        var index = 0
        while index < min(parent.childCount, Self.comparedChildren), names.count < limit {
            let node = child(index, of: parent)
            index += 1
            // Elements are numbers: no one completes them.
            if node.isElement { break }
            let name = component(node, of: parent)
            guard name.hasPrefix(text) || name.lastPart.hasPrefix(text) else { continue }
            let suffix =
                names.contains(name) ? "~\(names.count { $0 == name || $0.hasPrefix(name + "~") } + 1)" : ""
            names.append(name + suffix)
        }
        return names
    }

    // What is longer is a list of RAM.
    private static let comparedChildren = 10_000

    /// Distinct names of fields and sections that begin like `text`, sorted; at most `limit`. Nothing that
    /// must be escaped is among them. O(distinct names).
    package func names(beginning text: String, limit: Int) -> [String] {
        let start = Array(text.utf8)
        var found: Set<String> = []
        for index in 0..<max(table.names.count, 1) {
            let bytes = table.names.bytes(NameID(index: Int32(index)))
            guard bytes.starts(with: start), bytes.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
                continue
            }
            found.insert(String(decoding: bytes, as: UTF8.self))
        }
        return Array(found.sorted().prefix(limit))
    }
}

extension String {
    /// What follows the last slash of an idstr.
    fileprivate var lastPart: Substring {
        var rest = self[...]
        while let slash = rest.firstRange(of: "/") { rest = rest[slash.upperBound...] }
        return rest
    }
}
