import Bytes
import Format
import Stream

/// `migscope pages`: the records of each RAM block, by kind and by pass.
package struct PagesExport {
    private let document: Document
    private let index: RAMIndex

    /// `index` must be complete.
    package init(_ document: Document, index: RAMIndex) {
        self.document = document
        self.index = index
    }

    /// Writes a line for each block and each pass; `block` selects one block. O(pages).
    /// - Returns: whether a block has the name `block`.
    @discardableResult
    package func write(block: String?, to sink: inout some ByteSink) -> Bool {
        let chosen = numbers(block)
        guard block == nil || !chosen.isEmpty else { return false }
        sink.write(
            Self.row(["block", "size", "pages", "raw", "zero", "xbzrle", "compressed", "absent", "sent"]))
        for number in chosen {
            let counts = index.counts(block: number, in: document.store.region)
            let numbers = [
                index.blocks[number].size, index.blocks[number].size / index.pageSize, counts.raw,
                counts.zero,
                counts.xbzrle, counts.compressed, counts.absent, index.blocks[number].sent,
            ]
            sink.write(Self.row([name(number)] + numbers.map(String.init)))
        }
        guard block == nil else { return true }
        for (number, pass) in index.passes.enumerated() {
            sink.write(
                "pass \(number + 1) at \(Hex.offset(pass.offset)): \(pass.bytes) bytes, \(pass.raw) raw, "
                    + "\(pass.zero) zero, \(pass.xbzrle) xbzrle, \(pass.compressed) compressed\n")
        }
        return true
    }

    /// Writes the same as JSON, with the keys of the man page: one object with blocks and passes, or one line
    /// for each.
    @discardableResult
    package func writeJSON(_ form: RecordForm, block: String?, to sink: inout some ByteSink) -> Bool {
        let chosen = numbers(block)
        guard block == nil || !chosen.isEmpty else { return false }
        if form == .lines {
            var records = RecordList(form)
            for number in chosen { records.add(to: &sink) { blockMembers(number, to: &$0) } }
            for pass in index.passes where block == nil {
                records.add(to: &sink) { passMembers(pass, to: &$0) }
            }
            records.finish(to: &sink)
            return true
        }
        var json = JSONWriter()
        json.beginObject()
        json.objects("blocks", chosen) { blockMembers($1, to: &$0) }
        json.objects("passes", index.passes) { passMembers($1, to: &$0) }
        json.endObject()
        json.endLine()
        sink.write(json.take())
        return true
    }

    private func numbers(_ block: String?) -> [Int] {
        index.blocks.indices.filter { number in
            block.map { document.store.table.names.bytes(index.blocks[number].name).elementsEqual($0.utf8) }
                ?? true
        }
    }

    private func name(_ number: Int) -> String { document.store.table.names.text(index.blocks[number].name) }

    private func blockMembers(_ number: Int, to json: inout JSONWriter) {
        let counts = index.counts(block: number, in: document.store.region)
        json.member("name", name(number))
        let numbers = [
            ("size", index.blocks[number].size), ("page_size", index.pageSize), ("raw", counts.raw),
            ("zero", counts.zero), ("xbzrle", counts.xbzrle), ("compressed", counts.compressed),
            ("absent", counts.absent), ("sent", index.blocks[number].sent),
        ]
        for (key, value) in numbers { json.member(key, value) }
    }

    private func passMembers(_ pass: RAMIndex.Pass, to json: inout JSONWriter) {
        let numbers = [
            ("offset", pass.offset), ("bytes", pass.bytes), ("raw", pass.raw), ("zero", pass.zero),
            ("xbzrle", pass.xbzrle), ("compressed", pass.compressed),
        ]
        for (key, value) in numbers { json.member(key, value) }
    }

    private static func row(_ cells: [String]) -> String {
        var line = cells[0] + String(repeating: " ", count: max(1, 32 - cells[0].utf8.count))
        for cell in cells.dropFirst() {
            line += String(repeating: " ", count: max(1, 12 - cell.utf8.count)) + cell
        }
        return line + "\n"
    }
}
