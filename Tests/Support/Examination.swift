import Bytes
import Query
import Stream

/// Looks at a document as a person would, and says what is wrong with it.
package enum Examination {
    /// What opening these bytes and looking around shows to be wrong; nothing when they are no stream.
    package static func problems(_ bytes: [UInt8]) -> [String] {
        guard let document = try? Document.open(region: MappedRegion(copying: bytes), name: "stream.mig")
        else { return [] }
        return problems(document)
    }

    package static func problems(_ document: Document) -> [String] {
        var problems = screen(document) + findings(document)
        problems += Tiling.nodes(document, perNode: 4, limit: 300)
        problems += Tiling.rows(document).problems
        return problems + Tiling.nodes(document, perNode: 4, limit: 300)
    }

    /// The first rows and what stands beside them.
    package static func screen(_ document: Document, rows: Int = 50) -> [String] {
        var problems: [String] = []
        var outline = Outline(document)
        for row in stride(from: min(3, outline.rowCount - 1), through: 0, by: -1) {
            outline.expandSubtree(outline.path(atRow: row, document), document)
        }
        for row in 0..<min(rows, outline.rowCount) {
            let path = outline.path(atRow: row, document)
            if outline.row(of: path, document) != row {
                problems.append("row \(row) is not the row of its path")
            }
            problems += texts(document.tree.node(path), document).filter { !isSafe($0) }.map {
                "unsafe text \($0.debugDescription)"
            }
        }
        return problems
    }

    /// All text that is shown of a node.
    package static func texts(_ node: Node, _ document: Document) -> [String] {
        let value = document.tree.value(node)
        return [
            document.tree.name(node), document.tree.decoration(node), document.tree.versionText(node),
            document.tree.typeName(node),
            value.short, value.full, document.tree.pathText(node.path),
        ] + document.details(node).flatMap { [$0.label, $0.text] }
    }

    private static func findings(_ document: Document) -> [String] {
        document.findings.flatMap { finding in
            [finding.message, finding.path, finding.hint, finding.qemu].filter { !isSafe($0) }.map {
                "unsafe text in \(finding.code): \($0.debugDescription)"
            }
        }
    }

    /// Whether a terminal may show the text as it is, on one line.
    package static func isSafe(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(DisplayText.isSafe) }
}

/// Numbers that look random and are the same each time.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    // SplitMix64.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

extension Document {
    /// The path of some node, of any depth.
    package func randomPath(_ generator: inout SeededGenerator) -> NodePath {
        var node = tree.root
        for _ in 0..<Int.random(in: 1...7, using: &generator) where node.childCount > 0 {
            node = tree.child(.random(in: 0..<node.childCount, using: &generator), of: node)
        }
        return node.path
    }
}
