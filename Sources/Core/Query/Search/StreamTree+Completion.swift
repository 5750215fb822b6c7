import Format
import Stream

extension StreamTree {
    /// Returns the path components of children that begin with `text`, or whose idstr does after its device
    /// path, in their order. At most `limit`; reads no lazy node. O(children).
    package func componentNames(of parent: Node, beginning text: String, limit: Int) -> [String] {
        var names: [String] = []
        var index = 0
        while index < min(parent.childCount, Self.comparedChildren), names.count < limit {
            let node = child(index, of: parent)
            index += 1
            // The names of elements are numbers, which need no completion.
            if node.isElement { break }
            let name = component(node, of: parent)
            guard name.hasPrefix(text) || name.withoutDevicePath.hasPrefix(text) else { continue }
            let suffix =
                names.contains(name) ? "~\(names.count { $0 == name || $0.hasPrefix(name + "~") } + 1)" : ""
            names.append(name + suffix)
        }
        return names
    }

    // A longer list of children is a list of RAM.
    private static let comparedChildren = 10_000

    /// Returns the distinct names of fields and sections that begin with `text`, sorted; at most `limit`.
    /// Omits names that need escaping. O(distinct names).
    package func names(beginning text: String, limit: Int) -> [String] {
        let start = Array(text.utf8)
        var found: Set<String> = []
        for index in 0..<max(store.table.names.count, 1) {
            let bytes = store.table.names.bytes(NameID(index: Int32(index)))
            guard bytes.starts(with: start), bytes.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
                continue
            }
            found.insert(String(decoding: bytes, as: UTF8.self))
        }
        return Array(found.sorted().prefix(limit))
    }
}

extension Filter {
    /// Returns the possible continuations of a filter, as whole texts: keys, flags and names at the start of
    /// a condition; types after `type ==`, sections after `section ==` and `path under`, names after `name
    /// ==`, labels after `label ==`. At most `limit`. O(names · log names + records).
    package static func completions(of text: String, in document: Document, limit: Int) -> [String] {
        let word = String(text.reversed().prefix { !" ()!&|=<>~\"".contains($0) }.reversed())
        let before = String(text.dropLast(word.count))
        let isQuoted = before.count { $0 == "\"" } % 2 == 1
        let tokens = (try? FilterToken.tokens(of: isQuoted ? String(before.dropLast()) : before)) ?? []
        // The last token is the end token.
        let given = tokens.dropLast()
        let names: [String]
        if let sign = given.last, let comparison = Comparison(rawValue: sign.text),
            let left = given.dropLast().last, left.kind == .word
        {
            names = values(of: left.text, comparison, in: document)
        } else {
            guard !word.isEmpty, !isQuoted else { return [] }
            let first = word.first.map { $0.isLetter || $0 == "_" } ?? false
            names = words + (first ? document.tree.names(beginning: word, limit: limit) : [])
        }
        var seen: Set<String> = []
        return names.filter { $0.hasPrefix(word) && $0 != word && seen.insert($0).inserted }
            .prefix(limit).map { before + $0 }
    }

    // The possible right sides of a comparison: only values that some node has.
    private static func values(
        of left: String, _ comparison: Comparison, in document: Document
    ) -> [String] {
        switch Property(rawValue: left) {
        case .type:
            let table = document.store.table
            var names: Set<String> = ["section"]
            for index in 0..<table.itemCount { names.insert(table[type: table[item: index].type].name) }
            return names.filter(isWord).sorted()
        case .section: return sections(document).map(\.name)
        case .path where comparison == .under: return sections(document).flatMap { [$0.name, $0.path] }
        case .name: return document.tree.names(beginning: "", limit: .max)
        default: return []
        }
    }

    // Whether a text needs no quotation marks.
    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && !text.contains { $0.isWhitespace || "\"()!<>=~&|".contains($0) }
    }

    private static func sections(_ document: Document) -> [(name: String, path: String)] {
        document.overview.sections.map { ($0.name, "\($0.name):\($0.instance)") }.filter { isWord($0.name) }
    }
}
