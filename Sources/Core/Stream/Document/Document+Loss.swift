import Bytes
import Format

extension Document {
    /// What was lost of the stream: where it is cut, or bytes that could not be read. One line.
    package struct Loss: Sendable {
        package let finding: Finding
        /// Such as `cut at 0x1d2f30 in 0000:00:03.0/e1000e`. Escaped.
        package let text: String
    }

    // What is missing where these are found is neither in the tree nor in what commands print.
    private static let lossCodes: Set<FindingCode> = [
        .gap, .head, .sectionCut, .streamCut, .sectionMissing, .descriptionCut,
        .descriptionJSON,
    ]

    /// The first loss, of what was read so far; nil where nothing was lost. O(findings + records).
    package var loss: Loss? {
        let losses = findings.filter {
            $0.severity == .error
                && (Self.lossCodes.contains($0.code) || $0.code.entry.subject == .containers)
        }
        guard let first = losses.min(by: { $0.offset < $1.offset }) else { return nil }
        if first.code.entry.subject == .containers { return Loss(finding: first, text: first.message) }
        let end = streamEnd
        let isCut = first.code != .sectionMissing && first.offset.addingSaturated(first.size) >= end
        var text = "\(isCut ? "cut" : "damaged") at \(Hex.offset(isCut ? end : first.offset))"
        if first.code.entry.subject == .description {
            text += " in the description"
        } else if let section = streamRecords().last(where: { $0.isSection && $0.offset <= first.offset }) {
            text += (section.isCut || !isCut ? " in " : " after ") + table.names.text(section.name)
        }
        return Loss(finding: first, text: text)
    }

    /// Whether a node is a device section.
    package func isDevice(_ node: Node) -> Bool { record(of: node)?.kind == .full }

    /// The number of the stream in its file, counted from 1.
    package var streamNumber: Int { options.stream }
}
