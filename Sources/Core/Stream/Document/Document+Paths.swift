import Bytes
import Format

extension Document {
    /// The text of a path: `mc146818rtc:0/cmos_data[5]`; empty for the root. O(depth · siblings).
    ///
    /// `/`, `%`, `~` and what is not printable ASCII in a name is percent-escaped. Siblings of equal name
    /// after the first carry `~2`, `~3`, …
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
                text += component(node) + duplicateSuffix(index, node, of: parent)
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

    /// The path that a text names, or nil. Reads lazy parts on the way. O(depth · siblings).
    package func path(text: String) -> NodePath? { path(text: text, from: root) }

    /// The same of what was read so far: reads nothing, and finds nothing below what is lazy.
    package func knownPath(text: String) -> NodePath? { path(text: text, from: root, isReading: false) }

    /// The path that a text names below `start`, or nil.
    package func path(text: String, from start: Node, isReading: Bool = true) -> NodePath? {
        var node = start
        var rest = text[...]
        while !rest.isEmpty {
            if node.isLazy {
                guard isReading else { return nil }
                open(node.path)
                node = self.node(node.path)
            }
            guard let (next, consumed) = step(rest, from: node) else { return nil }
            node = next
            rest = rest.dropFirst(consumed)
            if rest.first == "/" { rest = rest.dropFirst() }
        }
        return node.path
    }

    /// A name as it is in a path.
    package func component(_ node: Node) -> String {
        if let record = record(of: node) {
            let name = PathText.escaped(table.names.bytes(record.name))
            if hasOffsetInName(node) { return "\(name)@\(Hex.offset(record.offset))" }
            return record.isSection ? "\(name):\(record.instance)" : name
        }
        return PathText.escaped(table.names.bytes(nameID(of: node)))
    }

    private func duplicateSuffix(_ index: Int, _ node: Node, of parent: Node) -> String {
        guard index > 0, !hasOffsetInName(node) else { return "" }
        let number = twinNumber(index, node, of: parent)
        return number > 1 ? "~\(number)" : ""
    }

    // Which of the siblings of its name a node is. O(1) for records once they were counted.
    private func twinNumber(_ index: Int, _ node: Node, of parent: Node) -> Int {
        if case .record(let number) = node.source {
            switch parent.source {
            case .root: return twins.number(of: number, in: topLevel, below: TwinNumbers.root, records)
            case .record(let group):
                return twins.number(of: number, in: records[group].children, below: group, records)
            case .member, .element, .range: return 1
            }
        }
        guard table[parent.layout].kind != .array else { return 1 }
        let name = nameID(of: node)
        return table.items(of: parent.layout).prefix(index).reduce(1) { $0 + ($1.name == name ? 1 : 0) }
    }

    // Such a component is unique by itself.
    private func hasOffsetInName(_ node: Node) -> Bool {
        switch record(of: node)?.kind {
        case .part, .end, .command, .gap, .unread, .pages: true
        default: false
        }
    }

    // One component or index at the start of `text`, and how many characters it takes.
    private func step(_ text: Substring, from node: Node) -> (Node, Int)? {
        if !node.layout.isNone, table[node.layout].kind == .array {
            guard text.first == "[", let close = text.firstIndex(of: "]"),
                let found = element(text[text.index(after: text.startIndex)..<close], of: node)
            else { return nil }
            return (found, text.distance(from: text.startIndex, to: close) + 1)
        }
        let part = text.prefix { $0 != "/" }
        if let found = member(named: part, of: node) { return (found, part.count) }
        // An array element: the longest name before a bracket that is a member.
        var end = part.lastIndex(of: "[")
        while let bracket = end {
            if let found = member(named: part[..<bracket], of: node) {
                return (found, part.distance(from: part.startIndex, to: bracket))
            }
            end = part[..<bracket].lastIndex(of: "[")
        }
        return nil
    }

    // `5`, or a range as an outline shows it: `100…199`, also with dots.
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
        for item in table.items(of: layout) where number >= item.base && number - item.base < item.count {
            return item.firstChild + number - item.base
        }
        return nil
    }

    private func member(named text: Substring, of parent: Node) -> Node? {
        var name = text
        var wanted = 1
        if let tilde = text.lastIndex(of: "~"), let number = Int(text[text.index(after: tilde)...]),
            number > 1
        {
            name = text[..<tilde]
            wanted = number
        }
        var seen = 0
        for index in 0..<parent.childCount {
            let node = child(index, of: parent)
            guard component(node) == name else { continue }
            seen += 1
            if seen == wanted { return node }
        }
        return nil
    }
}

/// How names are spelled in paths.
package enum PathText {
    /// Percent-escapes what has a meaning in paths (`/`, `%`, `~`) and what is not printable ASCII. An empty
    /// name is `%`. O(n).
    package static func escaped(_ name: some Collection<UInt8>) -> String {
        guard !name.isEmpty else { return "%" }
        var result: [UInt8] = []
        for byte in name {
            if (0x20..<0x7e).contains(byte), byte != UInt8(ascii: "/"), byte != UInt8(ascii: "%") {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result += Array(Hex.digits(UInt64(byte), width: 2).utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
