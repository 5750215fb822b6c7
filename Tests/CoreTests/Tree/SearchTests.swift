import Query
import Stream
import Testing

/// A search finds what a walk over all nodes finds, in the same order.
@Suite struct SearchTests {
    /// All nodes with a name that matches, in preorder.
    private func walk(_ document: Document, _ pattern: String) -> [NodePath] {
        var result: [NodePath] = []
        let ignoresCase = pattern.lowercased() == pattern
        func isMatch(_ node: Node) -> Bool {
            guard node.isRecord || node.role != .frame, !pattern.isEmpty else { return false }
            let name = String(
                decoding: document.store.table.names.bytes(document.tree.nameID(of: node)), as: UTF8.self)
            return [name, document.tree.label(node)].contains {
                (ignoresCase ? $0.lowercased() : $0).contains(pattern)
            }
        }
        func visit(_ node: Node) {
            // Leaves of arrays have no names.
            if !node.layout.isNone, document.store.table[node.layout].kind == .array,
                document.store.table.items(of: node.layout).allSatisfy({
                    $0.child.isNone && $0.inside.isNone && $0.label == .empty
                })
            {
                return
            }
            for index in 0..<node.childCount {
                let child = document.tree.child(index, of: node)
                if isMatch(child) { result.append(child.path) }
                visit(child)
            }
        }
        visit(document.tree.root)
        return result
    }

    private static let patterns = [
        "i", "id", "ID", "Id", "ram", "timer", "r", "[", "word", "version", "zzz", "", "first",
    ]

    @Test(arguments: ["m68k-virt-7.2", "microvm-10.0", "small"], patterns)
    func agreesWithAWalk(_ name: String, _ pattern: String) throws {
        let document =
            try name == "small"
            ? SmallStream([.plain("first"), .list, .plain("third")]).document()
            : Sample.fixture(name).document()
        for _ in 0..<2 {
            try check(Search(pattern, document), walk(document, pattern), document)
            document.openLivePart()
        }
    }

    /// Sections as rows, QEMU's messages and paths write them.
    @Test(arguments: [
        ("cpu #1", ["cpu:1"]), ("cpu#1", ["cpu:1"]), ("cpu:1", ["cpu:1"]), ("CPU:1", []), ("cpu #7", []),
        ("imer #0", ["timer:0"]), ("cpu #", []), ("cpu #x", []),
    ])
    func sectionsWithInstance(_ pattern: String, _ paths: [String]) throws {
        let document = try SmallStream([
            .plain("timer"), .plain("cpu_common", instance: 1), .plain("cpu"), .plain("cpu", instance: 1),
            .plain("cpu", instance: 17),
        ]).document()
        let search = Search(pattern, document)
        #expect(
            (0..<search.count).compactMap { search.path(ofOrdinal: $0 + 1, document) }
                .map { document.tree.pathText($0) } == paths)
        let filter = TreeFilter(search, document)
        let kept = (0..<document.tree.root.childCount).map { document.tree.child($0, of: document.tree.root) }
            .filter { filter.keeps($0, document) }
        #expect(kept.map { document.tree.pathText($0.path) } == paths)
    }

    private func check(_ search: Search, _ expected: [NodePath], _ document: Document) throws {
        try #require(search.count == expected.count)
        #expect(search.path(ofOrdinal: 0, document) == nil)
        #expect(search.path(ofOrdinal: expected.count + 1, document) == nil)
        guard let first = expected.first, let last = expected.last else {
            #expect(
                search.next(after: .root, document) == nil && search.previous(before: .root, document) == nil)
            return
        }
        for index in sampled(expected.count, 50) {
            let path = expected[index]
            #expect(search.matches(document.tree.node(path), document))
            #expect(search.path(ofOrdinal: index + 1, document) == path)
            #expect(search.ordinal(of: path, document) == index + 1)
            #expect(search.nextOrSelf(path, document) == path)
            #expect(search.next(after: path, document) == expected[(index + 1) % expected.count])
            #expect(
                search.previous(before: path, document)
                    == expected[(index + expected.count - 1) % expected.count])
        }
        #expect(search.next(after: .root, document) == first)
        #expect(search.previous(before: .root, document) == last)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<30 { check(search, from: document.randomPath(&generator), expected, document) }
    }

    private func check(_ search: Search, from path: NodePath, _ expected: [NodePath], _ document: Document) {
        let next = expected.first { path < $0 } ?? expected.first
        let previous = expected.last { $0 < path } ?? expected.last
        #expect(search.next(after: path, document) == next)
        #expect(search.previous(before: path, document) == previous)
        #expect(search.nextOrSelf(path, document) == (expected.contains(path) ? path : next))
        #expect(search.ordinal(of: path, document) == expected.firstIndex(of: path).map { $0 + 1 })
    }

    @Test(arguments: [
        ("a", "xAx", true), ("A", "xax", false), ("A", "xAx", true), ("", "x", false), ("xx", "x", false),
        ("ab", "aab", true), ("é", "É", false), ("x", "", false),
    ]) func names(_ pattern: String, _ name: String, _ isMatch: Bool) {
        #expect(NameMatcher(pattern).matches(Array(name.utf8)) == isMatch)
    }
}
