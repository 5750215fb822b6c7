import Bytes
import Format

/// Where `:` and `o` lead.
package struct Place: Sendable, Equatable {
    package let path: NodePath
    /// The byte that was asked for, where one was, in what the node's offset counts in.
    package let offset: Int?

    package init(path: NodePath, offset: Int?) {
        self.path = path
        self.offset = offset
    }
}

/// Why a text names no place. One line.
package struct PlaceError: Error, Equatable, CustomStringConvertible, Sendable {
    package let description: String
    /// Whether it may name one in what was not read yet.
    package var isUnread = false
    /// Whether the text is nothing that could be a place.
    package var isUnknown = false

    package init(description: String, isUnread: Bool = false, isUnknown: Bool = false) {
        self.description = description
        self.isUnread = isUnread
        self.isUnknown = isUnknown
    }
}

extension String {
    /// An idstr without the path of its device on the bus: `virtio-net` of `0000:00:02.0/virtio-net`.
    package var withoutDevicePath: String { split(separator: "/").last.map(String.init) ?? self }
}

extension Document {
    /// The place that a person means.
    ///
    /// An offset in the stream (`0x1f0`, `496`, `64K`) or in the file (`file:0x5c`), a step from `offset`
    /// (`+0x10`, `-16`), a path, the name of a section, or a guest page by block and offset
    /// (`pc.ram@0x1000`). Unless it may read, the deepest node that is known now.
    package func place(_ text: String, from offset: Int, reading: Bool = true) throws(PlaceError) -> Place {
        let text = Substring(text).trimmingSpaces()
        if let first = text.first, first == "+" || first == "-" {
            guard let step = ByteCount.parse(text.dropFirst()) else { throw unknown(text) }
            return try byte(
                at: first == "+" ? offset.addingSaturated(step) : offset.subtractingSaturated(step), reading)
        }
        if let number = ByteCount.parse(text) { return try byte(at: number, reading) }
        if text.hasPrefix("file:"), let number = ByteCount.parse(text.dropFirst(5)) {
            return try place(atFileOffset: number, reading: reading)
        }
        guard reading || !isInUnreadPart(text) else { throw PlaceError(description: "", isUnread: true) }
        let name = Self.shownName(text)
        if let path = path(text: name) ?? shownPath(name[...]) { return Place(path: path, offset: nil) }
        if let (block, address) = page(text) { return try page(block: block, address: address) }
        if let path = section(named: name[...]) ?? register(named: name) ?? section(beginning: name[...]) {
            return Place(path: path, offset: nil)
        }
        throw unknown(text)
    }

    private func unknown(_ text: Substring) -> PlaceError {
        // Of a stream that is cut, it may have been in what is lost.
        let words = lossWords
        return PlaceError(
            description: "no place \"\(DisplayText.escaped(String(text)))\""
                + (words.isEmpty ? ": expected 0x1f0, +16, idstr:0/field, a section or BLOCK@0x1000" : words),
            isUnknown: true)
    }

    // Whether a page, or a path below the live part, needs more to be read.
    private func isInUnreadPart(_ text: Substring) -> Bool {
        guard hasUnreadPart else { return false }
        if let (block, _) = page(text) { return store.state.blocks[block].mapped == nil }
        return store.topLevel.indices.contains { index in
            store.records[store.topLevel[index]].kind == .live
                && text.hasPrefix(tree.component(tree.child(index, of: tree.root)) + "/")
        }
    }

    /// The block and the address of `pc.ram@0x1000`.
    package func page(_ text: Substring) -> (block: Int, address: Int)? {
        guard let at = text.lastIndex(of: "@"), let address = ByteCount.parse(text[text.index(after: at)...]),
            let block = block(named: text[..<at])
        else { return nil }
        return (block, address)
    }

    // `cpu #1 v12/env` as rows and `info` write it, `cpu instance 0x1` as messages do: `cpu:1/env`.
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

    // Sections with a name of their own, those inside others too, with the paths that lead to them. O(records).
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

    // A path that begins with a section, wherever that was found: the idstr with or without the instance.
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

    private func byte(at offset: Int, _ reading: Bool = true) throws(PlaceError) -> Place {
        guard (0..<store.region.count).contains(offset) else {
            throw PlaceError(
                description: "no byte at \(offset < 0 ? "a negative offset" : Hex.offset(offset)): "
                    + "the stream ends at \(Hex.offset(store.region.count))")
        }
        return Place(
            path: reading ? path(atOffset: offset) : tree.knownPath(atOffset: offset), offset: offset)
    }

    /// The byte of the stream, or else of a container, that is at `offset` of the file.
    package func place(atFileOffset offset: Int, reading: Bool = true) throws(PlaceError) -> Place {
        if let inside = store.streamOffset(ofFileOffset: offset) { return try byte(at: inside, reading) }
        if let path = tree.containerPath(atFileOffset: offset) { return Place(path: path, offset: offset) }
        throw PlaceError(description: "no byte at file:\(Hex.offset(offset)): not in the file")
    }

    // The name alone, or the last part of an idstr with a device path; with or without the instance.
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

    // A field or register by its name alone, in the first section that has it; `vga/latch` looks only in such.
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
    /// What follows a beginning; nil where the text has another one.
    fileprivate func rest(after start: some Sequence<UInt8>) -> Substring.UTF8View? {
        var rest = self
        for byte in start {
            guard rest.first == byte else { return nil }
            rest = rest.dropFirst()
        }
        return rest
    }
}
