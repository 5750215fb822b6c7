import Bytes
import Compare
import Format
import Stream

/// `migscope diff`: the differences between two streams.
package struct DiffExport {
    /// The parts to show.
    package struct Options: Sendable {
        /// Whether to show values and pages, not only their number.
        package var values = false
        /// Whether to show clocks and timers too.
        package var noise = false

        package init(values: Bool = false, noise: Bool = false) {
            self.values = values
            self.noise = noise
        }
    }

    /// The number of differing values, shown or not.
    private struct Count {
        package var shown = 0
        package var noise = 0
        package var sections: Set<Substring> = []

        package mutating func add(_ difference: Difference) {
            if difference.isNoise {
                noise += 1
            } else {
                shown += 1
                sections.insert(difference.path.prefix { $0 != "/" })
            }
        }
    }

    private var comparison: StreamComparison
    private let options: Options
    private let pages: [RAMComparison.Block]?
    private let hasPages: Bool

    /// `indexes` are those of both streams, complete; without them RAM is not compared.
    package init(_ left: Document, _ right: ComparedWith, indexes: (RAMIndex, RAMIndex)?, options: Options) {
        let comparison = StreamComparison(left, right)
        self.comparison = comparison
        self.options = options
        hasPages = indexes != nil
        pages = indexes.flatMap { comparison.pages($0.0, $0.1) }
    }

    /// Writes a line for each difference, and a summary of the hidden ones. O(distinct layouts + device
    /// state).
    /// - Returns: whether there is any difference, shown or not.
    package mutating func write(to sink: inout some ByteSink) -> Bool {
        let structural = comparison.structuralDifferences()
        for difference in structural { sink.write(Self.line(difference)) }
        var count = Count()
        let options = options
        comparison.values { difference in
            count.add(difference)
            if options.values, options.noise || !difference.isNoise { sink.write(Self.line(difference)) }
        }
        for block in pages ?? [] { sink.write(Self.line(block)) }
        let isDifferent = !structural.isEmpty || count.shown + count.noise > 0 || !(pages ?? []).isEmpty
        for line in summary(count) { sink.write(line + "\n") }
        return isDifferent
    }

    /// Writes the differences as JSON, with the keys of the man page; clocks and timers are marked, not
    /// omitted.
    package mutating func writeJSON(_ form: RecordForm = .json, to sink: inout some ByteSink) -> Bool {
        if form == .lines { return writeLines(to: &sink) }
        var json = JSONWriter()
        json.beginObject()
        json.key("differences")
        json.beginArray()
        let structural = comparison.structuralDifferences()
        for difference in structural { json.difference(difference) }
        var count = Count()
        let options = options
        comparison.values { difference in
            count.add(difference)
            guard options.values else { return }
            json.difference(difference)
            if json.bytes.count > 1 << 16 { sink.write(json.take()) }
        }
        json.endArray()
        json.key("values")
        json.beginObject()
        json.member("changed", count.shown)
        json.member("noise", count.noise)
        json.member("sections", count.sections.count)
        json.endObject()
        if let pages {
            json.objects("ram", pages) { $0.blockMembers($1) }
        } else {
            json.key("ram")
            json.null()
        }
        json.endObject()
        json.endLine()
        sink.write(json.take())
        return !structural.isEmpty || count.shown + count.noise > 0 || !(pages ?? []).isEmpty
    }

    // Writes differences, RAM blocks, and last the numbers of values.
    private mutating func writeLines(to sink: inout some ByteSink) -> Bool {
        let structural = comparison.structuralDifferences()
        var records = RecordList(.lines)
        for difference in structural { records.add(to: &sink) { $0.differenceMembers(difference) } }
        var count = Count()
        let options = options
        comparison.values { difference in
            count.add(difference)
            if options.values { records.add(to: &sink) { $0.differenceMembers(difference) } }
        }
        for block in pages ?? [] { records.add(to: &sink) { $0.blockMembers(block) } }
        records.add(to: &sink) { json in
            json.member("changed", count.shown)
            json.member("noise", count.noise)
            json.member("sections", count.sections.count)
        }
        records.finish(to: &sink)
        return !structural.isEmpty || count.shown + count.noise > 0 || !(pages ?? []).isEmpty
    }

    // MARK: Text

    private func summary(_ count: Count) -> [String] {
        var lines: [String] = []
        if count.shown > 0, !options.values {
            lines.append(
                "\(Quantity.text(count.shown, "value")) in \(Quantity.text(count.sections.count, "section")) differ; "
                    + "--values lists them and compares RAM")
        }
        if count.noise > 0, !(options.values && options.noise) {
            lines.append(
                "\(Quantity.text(count.noise, "value")) of clocks and timers differ; --values --noise lists them"
            )
        }
        if hasPages, pages == nil { lines.append("page sizes differ: RAM is not compared") }
        return lines
    }

    static func line(_ difference: Difference) -> String {
        let subject = difference.subject.rawValue
        var line =
            "\(difference.change.mark) \(subject)"
            + String(repeating: " ", count: max(1, 11 - subject.utf8.count))
        line += difference.path + "  "
        switch difference.change {
        case .removed: line += difference.left
        case .added: line += difference.right
        case .changed: line += "\(difference.left) → \(difference.right)"
        }
        if let first = difference.also.first {
            line +=
                "  (also \(first)"
                + (difference.also.count > 1 ? " and \(difference.also.count - 1) more)" : ")")
        }
        return line + "\n"
    }

    private static func line(_ block: RAMComparison.Block) -> String {
        var line =
            "~ ram        \(block.name)  \(block.changed) of \(Quantity.text(block.pageCount, "page")) in "
            + Quantity.text(block.runCount, "run")
        if !block.runs.isEmpty {
            let shown = block.runs.prefix(4).map { "\(Hex.offset($0.lowerBound))+\($0.count)" }
            line += ": " + shown.joined(separator: " ") + (block.runCount > 4 ? " …" : "")
        }
        if block.onlyLeft > 0 { line += "; \(block.onlyLeft) pages only in the first" }
        if block.onlyRight > 0 { line += "; \(block.onlyRight) pages only in the second" }
        return line + "\n"
    }
}

extension JSONWriter {
    mutating func difference(_ difference: Difference) {
        beginObject()
        differenceMembers(difference)
        endObject()
    }

    mutating func differenceMembers(_ difference: Difference) {
        member("subject", difference.subject.rawValue)
        member("change", difference.change.rawValue)
        member("path", difference.path)
        member("left", difference.left)
        member("right", difference.right)
        if !difference.also.isEmpty {
            strings("also", difference.also)
        }
        if difference.subject == .value { member("noise", difference.isNoise) }
    }

    fileprivate mutating func blockMembers(_ block: RAMComparison.Block) {
        member("name", block.name)
        let numbers = [
            ("pages", block.pageCount), ("changed", block.changed), ("only_left", block.onlyLeft),
            ("only_right", block.onlyRight), ("run_count", block.runCount),
        ]
        for (key, value) in numbers { member(key, value) }
        objects("runs", block.runs) { json, run in
            json.member("offset", run.lowerBound)
            json.member("size", run.count)
        }
    }
}

/// `migscope diff` of two outputs of `-dump-vmstate`.
package struct DumpDiffExport {
    private let entries: [DumpPairComparison.GradedDifference]

    package init(_ left: TargetDump, _ right: TargetDump) {
        var comparison = DumpPairComparison(left, right)
        let found = comparison.run()
        entries = found + comparison.additions()
    }

    /// Writes a line for each difference.
    /// - Returns: whether there is any.
    package func write(to sink: inout some ByteSink) -> Bool {
        for entry in entries { sink.write(DiffExport.line(entry.difference)) }
        return !entries.isEmpty
    }

    /// Writes the differences as JSON, in the same form as for two streams.
    package func writeJSON(_ form: RecordForm = .json, to sink: inout some ByteSink) -> Bool {
        if form == .lines {
            var records = RecordList(form)
            for entry in entries { records.add(to: &sink) { $0.differenceMembers(entry.difference) } }
            records.finish(to: &sink)
            return !entries.isEmpty
        }
        var json = JSONWriter()
        json.beginObject()
        json.objects("differences", entries) { $0.differenceMembers($1.difference) }
        json.endObject()
        json.endLine()
        sink.write(json.take())
        return !entries.isEmpty
    }
}

/// `migscope compare`: the differences between two nodes, one line or object per field.
package struct CompareExport {
    private let document: Document
    private let comparison: NodeComparison

    package init(_ document: Document, _ comparison: NodeComparison) {
        self.document = document
        self.comparison = comparison
    }

    /// Writes lines `path TAB left TAB right`, or objects with the keys `path`, `left` and `right`; null when
    /// one side lacks the field.
    package func write(_ form: RecordForm?, to sink: inout some ByteSink) {
        var records = RecordList(form ?? .lines)
        for difference in comparison.differences {
            let texts = (value(difference.left), value(difference.right))
            guard form != nil else {
                sink.write("\(path(difference))\t\(texts.0 ?? "-")\t\(texts.1 ?? "-")\n")
                continue
            }
            records.add(to: &sink) { json in
                json.member("path", path(difference))
                json.member("left", texts.0)
                json.member("right", texts.1)
            }
        }
        records.finish(to: &sink)
    }

    // The path from the compared node on.
    private func path(_ difference: NodeComparison.Difference) -> String {
        let (path, outer) =
            difference.left.map { ($0, comparison.left) } ?? (difference.right ?? .root, comparison.right)
        let rest = document.tree.pathText(path).dropFirst(document.tree.pathText(outer).count).drop {
            $0 == "/"
        }
        return rest.isEmpty ? document.tree.name(document.tree.node(path)) : String(rest)
    }

    private func value(_ path: NodePath?) -> String? {
        path.map { path in
            let node = document.tree.node(path)
            let text = RecordText.line(of: node, document)
            return text.isEmpty ? "\(node.size) bytes" : text
        }
    }
}
