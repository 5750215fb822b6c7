import Bytes

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

    package init(description: String, isUnread: Bool = false) {
        self.description = description
        self.isUnread = isUnread
    }
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
        if let path = path(text: String(text)) ?? shownPath(text) { return Place(path: path, offset: nil) }
        if let (block, address) = page(text) { return try page(block: block, address: address) }
        if let path = section(named: text) { return Place(path: path, offset: nil) }
        throw unknown(text)
    }

    private func unknown(_ text: Substring) -> PlaceError {
        PlaceError(
            description: "no place \"\(DisplayText.escaped(String(text)))\": "
                + "expected 0x1f0, +16, idstr:0/field, a section or BLOCK@0x1000")
    }

    // Whether a page, or a path below the live part, needs more to be read.
    private func isInUnreadPart(_ text: Substring) -> Bool {
        guard hasUnreadPart else { return false }
        if let (block, _) = page(text) { return state.blocks[block].mapped == nil }
        return topLevel.indices.contains { index in
            records[topLevel[index]].kind == .live
                && text.hasPrefix(component(child(index, of: root)) + "/")
        }
    }

    /// The block and the address of `pc.ram@0x1000`.
    package func page(_ text: Substring) -> (block: Int, address: Int)? {
        guard let at = text.lastIndex(of: "@"), let address = ByteCount.parse(text[text.index(after: at)...]),
            let block = block(named: text[..<at])
        else { return nil }
        return (block, address)
    }

    // A path as the tree shows it: the idstr with its slashes as they are, with or without the instance.
    private func shownPath(_ text: Substring) -> NodePath? {
        for index in topLevel.indices {
            let record = records[topLevel[index]]
            let name = table.names.bytes(record.name)
            guard record.isSection, text.utf8.starts(with: name) else { continue }
            let rest = text.utf8.dropFirst(name.count)
            let inner = rest.first == UInt8(ascii: ":") ? rest.drop { $0 != UInt8(ascii: "/") } : rest
            let middle = rest.prefix(rest.count - inner.count)
            let isInstance = middle.isEmpty || middle.elementsEqual(":\(record.instance)".utf8)
            guard isInstance, inner.first == UInt8(ascii: "/") || inner.isEmpty else { continue }
            let section = child(index, of: root)
            if inner.isEmpty { return section.path }
            let below = String(decoding: inner.dropFirst(), as: UTF8.self)
            if let path = path(text: below, from: section) { return path }
        }
        return nil
    }

    private func byte(at offset: Int, _ reading: Bool = true) throws(PlaceError) -> Place {
        guard (0..<region.count).contains(offset) else {
            throw PlaceError(
                description: "no byte at \(offset < 0 ? "a negative offset" : Hex.offset(offset)): "
                    + "the stream ends at \(Hex.offset(region.count))")
        }
        return Place(path: reading ? path(atOffset: offset) : knownPath(atOffset: offset), offset: offset)
    }

    /// The byte of the stream, or else of a container, that is at `offset` of the file.
    package func place(atFileOffset offset: Int, reading: Bool = true) throws(PlaceError) -> Place {
        if let inside = streamOffset(ofFileOffset: offset) { return try byte(at: inside, reading) }
        if let path = containerPath(atFileOffset: offset) { return Place(path: path, offset: offset) }
        throw PlaceError(description: "no byte at file:\(Hex.offset(offset)): not in the file")
    }

    // The name alone, then the last part of an idstr with a device path.
    private func section(named text: Substring) -> NodePath? {
        let name = Array(text.utf8)
        let suffix = [UInt8(ascii: "/")] + name
        for isMatch: ((ArraySlice<UInt8>) -> Bool) in [
            { $0.elementsEqual(name) }, { $0.suffix(suffix.count).elementsEqual(suffix) },
            { $0.starts(with: name) },
        ] {
            let found = topLevel.firstIndex { isMatch(table.names.bytes(records[$0].name)) }
            if let found, !name.isEmpty { return NodePath([found]) }
        }
        return nil
    }

    private func block(named text: Substring) -> Int? {
        state.blocks.firstIndex { table.names.bytes($0.name).elementsEqual(text.utf8) }
    }

    private func page(block: Int, address: Int) throws(PlaceError) -> Place {
        openLivePart()
        var search = PageSearch(self, block: block, address: address)
        while !search.isFinished { search.step(budget: 1 << 20) }
        return try byte(at: try search.offset(in: self))
    }
}
