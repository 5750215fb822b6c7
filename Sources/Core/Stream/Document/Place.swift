import Bytes
import Format

/// The destination of `:` and `o`.
package struct Place: Sendable, Equatable {
    package let path: NodePath
    /// The requested byte, if any, counted like the node's offset.
    package let offset: Int?

    package init(path: NodePath, offset: Int?) {
        self.path = path
        self.offset = offset
    }
}

/// The reason why a text names no place, in one line.
package struct PlaceError: Error, Equatable, CustomStringConvertible, Sendable {
    package let description: String
    /// Whether unread parts may contain the place.
    package var isUnread = false
    /// Whether the text cannot be a place.
    package var isUnknown = false
    /// Whether the text is a number that is too large for an offset, so that it may be an address of the
    /// guest.
    package var isBeyondEnd = false

    package init(
        description: String, isUnread: Bool = false, isUnknown: Bool = false, isBeyondEnd: Bool = false
    ) {
        self.description = description
        self.isUnread = isUnread
        self.isUnknown = isUnknown
        self.isBeyondEnd = isBeyondEnd
    }
}

extension String {
    /// An idstr without the path of its device on the bus: `virtio-net` of `0000:00:02.0/virtio-net`.
    package var withoutDevicePath: String { split(separator: "/").last.map(String.init) ?? self }
}

extension Document {
    /// Returns the place that a text names.
    ///
    /// The text is an offset in the stream (`0x1f0`, `496`, `64K`) or in the file (`file:0x5c`), a step from
    /// `offset` (`+0x10`, `-16`), a path, the name of a section, or a guest page by block and offset
    /// (`pc.ram@0x1000`). Without `reading`, the place is the deepest node that is already known.
    package func place(_ text: String, from offset: Int, reading: Bool = true) throws(PlaceError) -> Place {
        let text = Substring(text).trimmingSpaces()
        if let first = text.first, first == "+" || first == "-" {
            guard let step = ByteCount.parse(text.dropFirst()) else { throw unknown(text) }
            return try byte(
                at: first == "+" ? offset.addingSaturated(step) : offset.subtractingSaturated(step), reading)
        }
        if let number = ByteCount.parse(text) { return try byte(at: number, reading) }
        // An address of a kernel does not fit Int.
        if text.hasPrefix("0x"), UInt64(text.dropFirst(2), radix: 16) != nil { throw beyondEnd("\(text)") }
        if text.hasPrefix("file:"), let number = ByteCount.parse(text.dropFirst(5)) {
            return try place(atFileOffset: number, reading: reading)
        }
        guard reading || !isInUnreadPart(text) else { throw PlaceError(description: "", isUnread: true) }
        let name = Self.shownName(text)
        if let path = path(text: name) ?? shownPath(name[...]) { return Place(path: path, offset: nil) }
        if let (block, address) = page(text) { return try page(block: block, address: address) }
        if let path = section(named: name[...]) ?? register(named: name) ?? section(beginning: name[...])
            ?? register(ending: name)
        {
            return Place(path: path, offset: nil)
        }
        let command = name.utf8.prefix { $0 != UInt8(ascii: "@") }
        if mayHide({ $0.elementsEqual(command) }) {
            guard reading else { throw PlaceError(description: "", isUnread: true) }
            openLivePart()
            if let path = path(text: name) { return Place(path: path, offset: nil) }
        }
        if let path = self.command(named: name) { return Place(path: path, offset: nil) }
        throw unknown(text)
    }

    // The first command with this name, as `info` and `tree` print it without its offset.
    private func command(named name: String) -> NodePath? {
        func find(_ numbers: [Int], below parent: NodePath) -> NodePath? {
            for (index, number) in numbers.enumerated() {
                let record = store.records[number]
                let path = parent.appending(index)
                if case .command = record.content,
                    store.table.names.bytes(record.name).elementsEqual(name.utf8)
                {
                    return path
                }
                if let path = find(record.children, below: path) { return path }
            }
            return nil
        }
        return find(store.topLevel, below: .root)
    }

    private func unknown(_ text: Substring) -> PlaceError {
        // In a cut stream, the place may have been in the lost part.
        let words = lossWords
        return PlaceError(
            description: "no place \"\(DisplayText.escaped(String(text)))\""
                + (words.isEmpty ? ": expected 0x1f0, +16, idstr:0/field, a section or BLOCK@0x1000" : words),
            isUnknown: true)
    }

    // Whether a page, or a path below the live part, requires more reading.
    private func isInUnreadPart(_ text: Substring) -> Bool {
        guard hasUnreadPart else { return false }
        if let (block, _) = page(text) { return store.state.blocks[block].mapped == nil }
        return store.topLevel.indices.contains { index in
            store.records[store.topLevel[index]].kind == .live
                && text.hasPrefix(tree.component(tree.child(index, of: tree.root)) + "/")
        }
    }

    /// Returns the block and the address of a text such as `pc.ram@0x1000`.
    package func page(_ text: Substring) -> (block: Int, address: Int)? {
        guard let at = text.lastIndex(of: "@"), let address = ByteCount.parse(text[text.index(after: at)...]),
            let block = block(named: text[..<at])
        else { return nil }
        return (block, address)
    }

    // Converts `cpu #1 v12/env` (rows and `info`) and `cpu instance 0x1` (messages) to `cpu:1/env`.
    static func shownName(_ text: Substring) -> String {
        for mark in [" #", " instance "] {
            guard let place = text.firstRange(of: mark) else { continue }
            let rest = text[place.upperBound...]
            let digits = rest.prefix { $0.isHexDigit || $0 == "x" }
            guard let instance = ByteCount.parse(digits) else { continue }
            let words = rest.dropFirst(digits.count)
            let inside = words.firstIndex(of: "/").map { words[$0...] } ?? ""
            return "\(text[..<place.lowerBound]):\(instance)\(inside)"
        }
        return String(text)
    }

    // Returns the named sections, including nested ones, with their paths. O(records).
    private func sectionPaths() -> [(name: NameID, section: SectionRecord.Section, path: NodePath)] {
        var result: [(NameID, SectionRecord.Section, NodePath)] = []
        func add(_ numbers: [Int], below parent: NodePath, from first: Int) {
            for index in numbers.indices.dropFirst(first) {
                let record = store.records[numbers[index]]
                let path = parent.appending(index)
                if let section = record.section, section.type.isNamed {
                    result.append((record.name, section, path))
                }
                if !record.children.isEmpty { add(record.children, below: path, from: 0) }
            }
        }
        add(store.topLevel, below: .root, from: store.containerCount)
        return result
    }

    /// Returns the places of the known sections, including nested ones, in stream order. O(records).
    package var knownSections: [NodePath] { sectionPaths().map(\.path) }

    /// Returns the known node of a path, which may begin at a section anywhere: `cpu:0/env.regs`.
    package func knownPath(text: String) -> NodePath? { tree.knownPath(text: text) ?? shownPath(text[...]) }

    // Finds a path that begins with a section anywhere: the idstr with or without the instance id.
    private func shownPath(_ text: Substring) -> NodePath? {
        for (id, section, place) in sectionPaths() {
            let name = store.table.names.bytes(id)
            guard let rest = text.utf8.rest(after: name) ?? text.utf8.rest(after: PathText.slashless(name))
            else { continue }
            let inner = rest.first == UInt8(ascii: ":") ? rest.drop { $0 != UInt8(ascii: "/") } : rest
            let middle = rest.prefix(rest.count - inner.count)
            let isInstance = middle.isEmpty || middle.elementsEqual(":\(section.instance)".utf8)
            guard isInstance, inner.first == UInt8(ascii: "/") || inner.isEmpty else { continue }
            if inner.isEmpty { return place }
            let below = String(decoding: inner.dropFirst(), as: UTF8.self)
            let node = tree.node(place)
            if let path = path(text: below, from: node) ?? tree.descendant(named: below, of: node) {
                return path
            }
        }
        return nil
    }

    private func beyondEnd(_ number: String, isNegative: Bool = false) -> PlaceError {
        PlaceError(
            description: "no byte at \(number): the stream ends at \(Hex.offset(store.region.count))",
            isBeyondEnd: !isNegative)
    }

    private func byte(at offset: Int, _ reading: Bool = true) throws(PlaceError) -> Place {
        guard (0..<store.region.count).contains(offset) else {
            throw beyondEnd(offset < 0 ? "a negative offset" : Hex.offset(offset), isNegative: offset < 0)
        }
        return Place(
            path: reading ? path(atOffset: offset) : tree.knownPath(atOffset: offset), offset: offset)
    }

    /// Returns the place of the file's byte at `offset` in the stream, or else in a container.
    package func place(atFileOffset offset: Int, reading: Bool = true) throws(PlaceError) -> Place {
        if let inside = store.streamOffset(ofFileOffset: offset) { return try byte(at: inside, reading) }
        if let path = tree.containerPath(atFileOffset: offset) { return Place(path: path, offset: offset) }
        throw PlaceError(description: "no byte at file:\(Hex.offset(offset)): not in the file")
    }

    // Matches the name, or the last part of an idstr with a device path, with or without the instance id.
    private func section(named text: Substring) -> NodePath? {
        let name = Array(text.utf8)
        let suffix = [UInt8(ascii: "/")] + name
        let sections = sectionPaths()
        return sections.first { store.table.names.bytes($0.name).elementsEqual(name) }?.path
            ?? sections.first {
                let full = Array(store.table.names.bytes($0.name))
                return full.suffix(suffix.count).elementsEqual(suffix)
                    || (full + Array(":\($0.section.instance)".utf8)).suffix(suffix.count).elementsEqual(
                        suffix)
            }?.path
    }

    private func section(beginning text: Substring) -> NodePath? {
        guard !text.isEmpty else { return nil }
        return sectionPaths().first { store.table.names.bytes($0.name).starts(with: text.utf8) }?.path
    }

    // Finds a field or register by name in the first section that has it; `vga/latch` restricts the section.
    private func register(named text: String) -> NodePath? {
        for (_, section, path) in sectionPaths() where section.type == .full {
            if let found = tree.descendant(named: text, of: tree.node(path)) { return found }
        }
        for slash in text.indices where text[slash] == "/" {
            guard let place = section(named: text[..<slash]) else { continue }
            let rest = String(text[text.index(after: slash)...])
            let section = tree.node(place)
            if let found = path(text: rest, from: section) ?? tree.descendant(named: rest, of: section) {
                return found
            }
        }
        return nil
    }

    // Finds a field by the end of its name, as `register(named:)` does by the whole name.
    private func register(ending text: String) -> NodePath? {
        for (_, section, path) in sectionPaths() where section.type == .full {
            if let found = tree.descendant(ending: text, of: tree.node(path)) { return found }
        }
        for slash in text.indices where text[slash] == "/" {
            let head = text[..<slash]
            guard let place = path(text: String(head)) ?? section(named: head) else { continue }
            let rest = String(text[text.index(after: slash)...])
            if let found = tree.descendant(ending: rest, of: tree.node(place)) { return found }
        }
        return nil
    }

    private func block(named text: Substring) -> Int? {
        store.state.blocks.firstIndex { store.table.names.bytes($0.name).elementsEqual(text.utf8) }
    }

    private func page(block: Int, address: Int) throws(PlaceError) -> Place {
        openLivePart()
        var search = PageSearch(self, block: block, address: address)
        while !search.isFinished { search.step(budget: 1 << 20) }
        return try byte(at: try search.offset(in: self))
    }
}

extension Substring.UTF8View {
    /// Returns the text after `start`; nil if the text begins differently.
    fileprivate func rest(after start: some Sequence<UInt8>) -> Substring.UTF8View? {
        var rest = self
        for byte in start {
            guard rest.first == byte else { return nil }
            rest = rest.dropFirst()
        }
        return rest
    }
}
