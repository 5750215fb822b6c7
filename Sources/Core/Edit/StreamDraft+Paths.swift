import Bytes
import Diagnose
import Format
import Memory
import Stream

extension StreamDraft {
    /// Returns the section that a user names: `IDSTR`, `IDSTR:INSTANCE`, the last part of an idstr with or
    /// without the instance id; `~2` for the second one with the same name.
    ///
    /// - Throws: `EditError` when no section or several match.
    package func section(named text: String) throws(EditError) -> CheckedSection {
        try Self.section(named: text, in: document)
    }

    package static func section(
        named text: String, in document: Document
    ) throws(EditError) -> CheckedSection {
        let all = document.store.checkedSections().filter {
            $0.record.kind == .full || $0.record.kind == .start
        }
        let name = SectionName(text)
        let shown = DisplayText.escaped(text)
        for match in [SectionName.Match.whole, .lastPart] {
            let found = all.filter { name.matches($0.key, match) }
            if found.count == 1 { return found[0] }
            guard found.isEmpty else {
                let names = found.prefix(8).map(\.editName).joined(separator: ", ")
                throw EditError("\"\(shown)\" matches several sections: \(names)")
            }
        }
        throw EditError("no section \"\(shown)\"; try: migscope tree FILE --depth 1")
    }

    /// Returns the node that a user means: a path, an idstr with unescaped slashes, or the name of a field
    /// anywhere in the section that the first part names.
    ///
    /// - Throws: `EditError` when no node or several match.
    package static func nodes(_ text: String, in document: Document) throws(EditError) -> [Node] {
        if let path = document.path(text: text) { return [document.tree.node(path)] }
        // Before the places that `:` understands: a name may match several fields, one of which has the flag.
        if let (section, rest) = split(text, in: document), !rest.isEmpty {
            if let path = document.path(text: rest, from: section) { return [document.tree.node(path)] }
            var search = NamedNodes(document, rest)
            search.visit(section)
            if !search.found.isEmpty { return search.found }
        }
        if let place = try? document.place(text, from: 0), place.offset == nil {
            return [document.tree.node(place.path)]
        }
        throw EditError("no node \"\(DisplayText.escaped(text))\"; try: migscope find FILE NAME")
    }

    // Returns the section that the text begins with, and the rest after its slash.
    private static func split(_ text: String, in document: Document) -> (Node, String)? {
        var best: (node: Node, rest: String, length: Int)?
        for node in document.tree.streamRecordNodes() {
            guard let record = document.tree.record(of: node), let section = record.section else { continue }
            let whole = Array(document.store.table.names.bytes(record.name))
            let last = Array(whole.split(separator: UInt8(ascii: "/")).last ?? [])
            for name in [whole, last] {
                let prefix = String(decoding: name, as: UTF8.self)
                for candidate in ["\(prefix):\(section.instance)/", "\(prefix)/"]
                where text.hasPrefix(candidate) && candidate.utf8.count > (best?.length ?? 0) {
                    best = (node, String(text.dropFirst(candidate.count)), candidate.utf8.count)
                }
            }
        }
        return best.map { ($0.node, $0.rest) }
    }

    /// Finds the nodes with a name below a section.
    private struct NamedNodes {
        let document: Document
        let name: String
        var found: [Node] = []
        private let first: String
        private var left = 1 << 18

        init(_ document: Document, _ name: String) {
            self.document = document
            self.name = name
            first = String(name.prefix { $0 != "/" && $0 != "[" })
        }

        mutating func visit(_ node: Node) {
            for index in 0..<node.childCount {
                guard left > 0, found.count < 64 else { return }
                left -= 1
                let child = document.tree.child(index, of: node)
                if !child.isElement, document.tree.component(child) == first,
                    let path = document.path(text: name, from: node),
                    !found.contains(where: { $0.path == path })
                {
                    found.append(document.tree.node(path))
                }
                // Elements of the same kind have the same members, so the first ones suffice.
                if child.childCount > 0, !child.isElement || index < 16 { visit(child) }
            }
        }
    }
}

/// A section as users name it.
package struct SectionName: Equatable {
    package enum Match { case whole, lastPart }

    package var name: [UInt8]
    package var instance: UInt32?
    package var occurrence = 0

    package init(_ text: String) {
        var rest = text[...]
        if let tilde = rest.lastIndex(of: "~"), let number = Int(rest[rest.index(after: tilde)...]),
            number > 1
        {
            occurrence = number - 1
            rest = rest[..<tilde]
        }
        if let colon = rest.lastIndex(of: ":"), let number = UInt32(rest[rest.index(after: colon)...]),
            !rest[rest.index(after: colon)...].contains("/")
        {
            instance = number
            rest = rest[..<colon]
        }
        name = Self.unescaped(rest)
    }

    // `%2f` as in paths.
    private static func unescaped(_ text: Substring) -> [UInt8] {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                result.append(value)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    package func matches(_ key: SectionKey, _ match: Match) -> Bool {
        guard instance ?? key.instance == key.instance, occurrence == key.occurrence else {
            return false
        }
        switch match {
        case .whole: return key.name == name
        case .lastPart:
            return key.name.count > name.count
                && key.name.suffix(name.count + 1).elementsEqual([UInt8(ascii: "/")] + name)
        }
    }
}

extension CheckedSection {
    /// The name by which an edit finds the section again.
    package var editName: String { key.editName }
}

extension SectionKey {
    package var editName: String {
        "\(PathText.escaped(name)):\(instance)" + (occurrence > 0 ? "~\(occurrence + 1)" : "")
    }
}
