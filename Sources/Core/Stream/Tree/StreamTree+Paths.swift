import Bytes
import Format

extension StreamTree {
    /// Returns the text of a path: `mc146818rtc:0/cmos_data[5]`; empty for the root. O(depth · siblings).
    ///
    /// `%` and nonprintable or non-ASCII bytes in a name are percent-escaped, and so is `/` if it is
    /// ambiguous. Siblings of equal name after the first carry `~2`, `~3`, …
    package func pathText(_ path: NodePath) -> String {
        var text = ""
        var parent = root
        for index in path.indices {
            guard index < parent.childCount else { break }
            let node = child(index, of: parent)
            if node.isElement {
                text += "[\(elementNumber(node))]"
            } else {
                if !text.isEmpty { text += "/" }
                text += component(node, of: parent) + duplicateSuffix(index, node, of: parent)
            }
            parent = node
        }
        guard path.isRange, path.depth > 0 else { return text }
        let range = self.node(path)
        return range.isRange
            ? String(text[..<(text.lastIndex(of: "[") ?? text.endIndex)]) + elementsText(range) : text
    }

    private func elementsText(_ range: Node) -> String {
        let last = child(range.childCount - 1, of: range)
        return "[\(elementNumber(child(0, of: range)))…\(elementNumber(last))]"
    }

    /// Returns the path that a text names, or nil. Reads nothing, and finds nothing below unread parts.
    /// O(depth · siblings).
    package func knownPath(text: String) -> NodePath? {
        var budget = Self.mostSteps
        let found = search(text[...], below: root, stopsAtUnread: false, &budget)
        return if case .known(let node) = found { node.path } else { nil }
    }

    /// The result of a search for a path text.
    package enum NamedNode: Sendable {
        case known(Node)
        /// A node on the way that must be read first.
        case unread(NodePath)
        case missing
    }

    /// Returns the node that a text names below `start`. Slashes in names may be plain, or `%2f`.
    /// O(depth · siblings).
    package func node(named text: String, below start: Node) -> NamedNode {
        var budget = Self.mostSteps
        return search(text[...], below: start, stopsAtUnread: true, &budget)
    }

    // The maximum number of steps, because a hostile tree could make a text arbitrarily ambiguous.
    private static let mostSteps = 1000

    // The name with the fewest slashes is tried first, which `pathText` relies on.
    private func search(
        _ text: Substring, below parent: Node, stopsAtUnread: Bool, _ budget: inout Int
    ) -> NamedNode {
        guard !text.isEmpty else { return .known(parent) }
        guard !parent.isLazy else { return .unread(parent.path) }
        for (child, length) in steps(text, from: parent) {
            budget -= 1
            guard budget > 0 else { return .missing }
            var rest = text.dropFirst(length)
            if rest.first == "/" { rest = rest.dropFirst() }
            let found = search(rest, below: child, stopsAtUnread: stopsAtUnread, &budget)
            switch found {
            case .known: return found
            case .unread where stopsAtUnread: return found
            case .unread, .missing: continue
            }
        }
        return .missing
    }

    /// Returns a name as it appears in a path.
    package func component(_ node: Node) -> String {
        if let record = record(of: node) {
            let name = PathText.escaped(store.table.names.bytes(record.name))
            if hasOffsetInName(node) { return "\(name)@\(Hex.offset(record.offset))" }
            return record.section.map { "\(name):\($0.instance)" } ?? name
        }
        return PathText.escaped(store.table.names.bytes(nameID(of: node)))
    }

    private func duplicateSuffix(_ index: Int, _ node: Node, of parent: Node) -> String {
        guard index > 0, !hasOffsetInName(node) else { return "" }
        let number = twinNumber(index, node, of: parent)
        return number > 1 ? "~\(number)" : ""
    }

    // The number of a node among its siblings of equal name. O(1) for records after they were counted.
    private func twinNumber(_ index: Int, _ node: Node, of parent: Node) -> Int {
        if case .record(let number) = node.source {
            switch parent.source {
            case .root:
                return store.twins.number(
                    of: number, in: store.topLevel, below: TwinNumbers.root, store.records)
            case .record(let group):
                return store.twins.number(
                    of: number, in: store.records[group].children, below: group, store.records)
            case .member, .element, .range: return 1
            }
        }
        guard store.table[parent.layout].kind != .array else { return 1 }
        let name = nameID(of: node)
        return store.table.items(of: parent.layout).prefix(index).reduce(1) { $0 + ($1.name == name ? 1 : 0) }
    }

    // Such a component is unique without a number.
    private func hasOffsetInName(_ node: Node) -> Bool {
        switch record(of: node)?.kind {
        case .part, .end, .command, .gap, .unread, .pages: true
        default: false
        }
    }

    // Returns the children whose components `text` begins with, and their length in characters. Those with
    // fewer slashes come first.
    private func steps(_ text: Substring, from node: Node) -> [(Node, Int)] {
        if !node.layout.isNone, store.table[node.layout].kind == .array {
            guard text.first == "[" else { return labelled(text, of: node) }
            guard let close = text.firstIndex(of: "]"),
                let found = element(text[text.index(after: text.startIndex)..<close], of: node)
            else { return [] }
            return [(found, text.distance(from: text.startIndex, to: close) + 1)]
        }
        let named = members(text, of: node)
        return named.isEmpty ? labelled(text, of: node) : named
    }

    // Returns the children whose names `text` begins with, as whole components.
    private func members(_ text: Substring, of parent: Node) -> [(Node, Int)] {
        let bytes = Array(text.utf8)
        var seen: [String: Int] = [:]
        var found: [(Node, Int)] = []
        for index in 0..<parent.childCount {
            let child = child(index, of: parent)
            let name = component(child)
            let escaped = name.utf8.contains(UInt8(ascii: "/")) ? name.replacing("/", with: "%2f") : name
            guard let form = [name, escaped].first(where: { bytes.starts(with: $0.utf8) }) else { continue }
            let number = seen[name, default: 0] + 1
            seen[name] = number
            if let length = length(of: form, number, in: bytes) { found.append((child, length)) }
        }
        return found.map { ($0.0, $0.1, bytes[..<$0.1].count { $0 == 0x2f }) }
            .sorted { ($0.2, -$0.1) < ($1.2, -$1.1) }.map { ($0.0, $0.1) }
    }

    // Returns the length of a name at the start of a text, including its twin number; nil if the component is
    // longer or names another twin.
    private func length(of name: String, _ number: Int, in text: [UInt8]) -> Int? {
        var end = name.utf8.count
        var wanted = 1
        if end < text.count, text[end] == UInt8(ascii: "~") {
            let digits = text[(end + 1)...].prefix { (0x30...0x39).contains($0) }
            if let twin = Int(String(decoding: digits, as: UTF8.self)), twin > 1 {
                wanted = twin
                end = digits.endIndex
            }
        }
        guard wanted == number, end == text.count || text[end] == 0x2f || text[end] == 0x5b else {
            return nil
        }
        return end
    }

    // Returns members and elements by their names in manuals, such as registers.
    private func labelled(_ text: Substring, of parent: Node) -> [(Node, Int)] {
        guard !parent.layout.isNone else { return [] }
        let bytes = Array(text.utf8)
        var found: [(Node, Int)] = []
        for item in store.table.items(of: parent.layout) where item.label != .empty && item.count == 1 {
            let label = store.table.names.bytes(item.label)
            guard bytes.starts(with: label), !label.isEmpty,
                let length = length(of: String(decoding: label, as: UTF8.self), 1, in: bytes)
            else { continue }
            found.append((child(item.firstChild, of: parent), length))
        }
        return found.sorted { $0.1 < $1.1 }
    }

    // Finds `5`, or a range as an outline shows it: `100…199`, also with dots.
    private func element(_ text: Substring, of array: Node) -> Node? {
        if let number = Int(text) {
            return childIndex(ofElement: number, in: array.layout).map { child($0, of: array) }
        }
        let isDivider = { (character: Character) in character == "…" || character == "." }
        guard let first = Int(text.prefix { !isDivider($0) }),
            let last = Int(text.drop { !isDivider($0) }.drop { isDivider($0) }),
            let start = childIndex(ofElement: first, in: array.layout),
            let end = childIndex(ofElement: last, in: array.layout), start <= end,
            let span = ElementRanges.span(of: start...end, in: array.childCount)
        else { return nil }
        return range(of: array, from: start, span: span)
    }

    private func childIndex(ofElement number: Int, in layout: LayoutID) -> Int? {
        for item in store.table.items(of: layout) where number >= item.base && number - item.base < item.count
        {
            return item.firstChild + number - item.base
        }
        return nil
    }
}

// MARK: - Slashes in names

extension StreamTree {
    /// Returns the name of a child as it appears in a path. Its slashes are plain unless the text is
    /// ambiguous then. O(siblings) for names with slashes.
    package func component(_ node: Node, of parent: Node) -> String {
        let name = component(node)
        guard name.utf8.contains(UInt8(ascii: "/")) else { return name }
        let isAmbiguous: Bool
        if case .record = node.source {
            isAmbiguous = name.slashPrefixes.contains { siblingNames(of: parent).contains(String($0)) }
        } else {
            isAmbiguous = store.table.isAmbiguous(nameID(of: node), in: parent.layout)
        }
        return isAmbiguous ? name.replacing("/", with: "%2f") : name
    }

    // The components of records without an offset in their name. O(records) after a change, otherwise O(1).
    private func siblingNames(of parent: Node) -> Set<String> {
        if let known = store.siblings, known.generation == store.generation,
            known.parent == parent.path.indices
        {
            return known.names
        }
        var names: Set<String> = []
        for index in 0..<parent.childCount {
            let child = child(index, of: parent)
            if !hasOffsetInName(child) { names.insert(component(child)) }
        }
        store.siblings = (store.generation, parent.path.indices, names)
        return names
    }
}

extension LayoutTable {
    /// Whether a member's name begins with another member's name and a slash or a bracket, so that an
    /// unescaped path could lead there. O(members).
    package func isAmbiguous(_ name: NameID, in layout: LayoutID) -> Bool {
        let bytes = Array(names.bytes(name))
        return items(of: layout).contains { item in
            let other = names.bytes(item.name)
            return !other.isEmpty && other.count < bytes.count && bytes.starts(with: other)
                && [0x2f, 0x5b].contains(bytes[other.count])
        }
    }
}

extension String {
    /// The text before each slash.
    fileprivate var slashPrefixes: [Substring] { indices.filter { self[$0] == "/" }.map { self[..<$0] } }
}

/// The spelling of names in paths.
package enum PathText {
    /// Percent-escapes `%`, `~` and all but printable ASCII; slashes stay. An empty name is `%`. O(n).
    package static func escaped(_ name: Span<UInt8>) -> String {
        guard !name.isEmpty else { return "%" }
        var result: [UInt8] = []
        for index in name.indices {
            let byte = name[index]
            if ASCII.isPrintable(byte), byte != UInt8(ascii: "~"), byte != UInt8(ascii: "%") {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                ASCII.appendHex(byte, to: &result)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    package static func escaped(_ name: [UInt8]) -> String { escaped(name.span) }

    package static func escaped(_ name: ArraySlice<UInt8>) -> String { escaped(name.span) }

    package static func escaped(_ name: String) -> String { escaped(name.utf8.span) }

    /// Escapes a name including its slashes. O(n).
    package static func slashless(_ name: ArraySlice<UInt8>) -> [UInt8] {
        Array(escaped(name).replacing("/", with: "%2f").utf8)
    }
}
