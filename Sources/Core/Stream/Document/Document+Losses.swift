import Bytes
import Format
extension Document {
    /// Checks whether the file has shrunk, was modified, or could not be read since the last check, and adds
    /// a finding. O(1).
    ///
    /// - Returns: The finding if there is a new one.
    package func noteLosses() -> Finding? {
        if !isGrowing, let start = store.region.firstByteBehindFile, start < store.losses.start ?? .max {
            store.losses.start = start
            return replaceFinding(
                Finding(
                    .error, .fileShrank, offset: start, size: store.region.count - start,
                    path: tree.pathText(tree.knownPath(atOffset: start)),
                    message:
                        "the file was cut while it was open: \(store.region.count - start) bytes are lost",
                    hint: "open the file again"))
        }
        if !options.isGrowing, !store.losses.isChanged, store.losses.start == nil,
            store.source.file?.hasChanged ?? false
        {
            store.losses.isChanged = true
            return replaceFinding(
                Finding(
                    .warning, .fileChanged, offset: 0,
                    message:
                        "the file's time has changed since it was opened: data read before may be the old content",
                    hint: "open the file again"))
        }
        let pageCount = store.region.lostPageCount
        guard pageCount > store.losses.pageCount else { return nil }
        store.losses.pageCount = pageCount
        guard store.losses.start == nil, let page = firstLostPage() else { return nil }
        return replaceFinding(
            Finding(
                .error, .bytesUnreadable, offset: page.lowerBound, size: page.count,
                path: tree.pathText(tree.knownPath(atOffset: page.lowerBound)),
                message: "\(pageCount == 1 ? "a page" : "\(pageCount) pages") of the file could not be read",
                hint: "check the disk; the bytes are shown as lost"))
    }

    private func replaceFinding(_ finding: Finding) -> Finding {
        findingList.replace(finding)
        return finding
    }

    // Bisects the region for a lost page.
    private func firstLostPage() -> Range<Int>? {
        var range = 0..<store.region.count
        guard store.region.hasLostPage(in: range) else { return nil }
        while range.count > 4096 {
            let middle = range.lowerBound + range.count / 2
            let lower = range.lowerBound..<middle
            range = store.region.hasLostPage(in: lower) ? lower : middle..<range.upperBound
        }
        return range
    }
}

extension Document {
    /// A loss of stream data: a cut, or bytes that could not be read.
    package struct Loss: Sendable {
        package let finding: Finding
        /// One line, such as `cut at 0x1d2f30 in 0000:00:03.0/e1000e`. Escaped.
        package let text: String
        /// Whether the end of the stream is lost.
        package let isCut: Bool
    }

    // Findings that mean that data is missing from the tree and from the output of commands.
    private static let lossCodes: Set<FindingCode> = [
        .gap, .head, .sectionCut, .streamCut, .sectionMissing, .descriptionCut, .descriptionJSON, .wireLost,
        .channelMissing,
    ]

    /// The first loss in what was read so far; nil if nothing was lost. O(findings + records).
    package var loss: Loss? {
        let losses = findings.filter {
            $0.severity == .error
                && (Self.lossCodes.contains($0.code) || $0.code.entry.subject == .containers)
        }
        guard let first = losses.min(by: { $0.offset < $1.offset }) else { return nil }
        if first.code.entry.subject == .containers {
            return Loss(finding: first, text: first.message, isCut: true)
        }
        if first.code == .channelMissing { return Loss(finding: first, text: first.message, isCut: false) }
        let end = store.streamEnd
        let isCut = first.code != .sectionMissing && first.offset.addingSaturated(first.size) >= end
        var text = "\(isCut ? "cut" : "damaged") at \(Hex.offset(isCut ? end : first.offset))"
        if first.code.entry.subject == .description {
            text += " in the description"
        } else if let section = store.streamRecords().last(where: {
            $0.isSection && $0.offset <= first.offset
        }) {
            text += (section.isCut || !isCut ? " in " : " after ") + store.table.names.text(section.name)
        }
        return Loss(finding: first, text: text, isCut: isCut)
    }

    /// A loss because of which the state of the machine is incomplete. O(findings + records).
    package var machineLoss: Loss? {
        guard let loss else { return nil }
        let lacksSections = findings.contains { $0.code == .sectionMissing }
        return lacksSections || loss.isCut && !store.hasWholeDescription ? loss : nil
    }

    /// The clause that messages about absent things append; empty for a complete stream. O(findings +
    /// records).
    package var lossWords: String { loss.map { "; the stream is \($0.text)" } ?? "" }

    /// A loss before the end of guest memory. Later copies of pages may be lost, so that the available ones
    /// are old. Nil if there is none, and for mapped RAM, where each page has one place. O(findings +
    /// records).
    package var memoryLoss: Loss? {
        guard let loss, !store.state.blocks.contains(where: { $0.mapped != nil }) else { return nil }
        let end = store.streamRecords().last { $0.kind == .end && store.isRAM($0) }
        guard let end, !end.isCut else { return loss }
        let isBefore = findings.contains {
            $0.severity == .error && Self.lossCodes.contains($0.code) && $0.offset < end.end
        }
        return isBefore ? loss : nil
    }

    /// The number of the stream in its file, counted from 1.
    package var streamNumber: Int { options.stream }
}
