import Bytes
import Testing

/// Tens of thousands of sections, each with something wrong: work and findings do not grow with their square.
@Suite struct ManyFindingsTests {
    private static func stream(_ count: Int) -> SmallStream {
        var stream = SmallStream([.plain("first")])
        let described = stream.description
        stream.devices = [.plain("first")] + (0..<count).map { _ in .plain("twin") }
        stream.json = described
        return stream
    }

    @Test func countTwinsOnce() throws {
        let document = try Self.stream(3000).document()
        #expect(document.store.twins.work <= document.store.records.count)
        let last = document.tree.child(document.tree.root.childCount - 3, of: document.tree.root)
        let text = document.tree.pathText(last.path)
        #expect(text == "twin:0~3000")
        #expect(document.path(text: text) == last.path)
        #expect(document.store.twins.work <= document.store.records.count)
    }

    @Test func listAHundredOfAKind() throws {
        let document = try Self.stream(3000).document()
        let kind = document.findings.filter { $0.code == .sectionUndescribed }
        #expect(kind.count == 101)
        #expect(kind.last?.message.contains("found 2900") == true)
        #expect(kind[99].path.hasPrefix("twin:0~100/"))
    }

    @Test func oneMoreThanTheLimit() {
        var list = FindingList()
        for offset in 0...FindingList.limit { list.add(Finding(.note, .gap, offset: offset, message: "")) }
        list.add(Finding(.error, .head, offset: 7, message: "other"))
        #expect(list.all.count == FindingList.limit + 2)
        #expect(list.all[FindingList.limit].offset == FindingList.limit)
        #expect(list.all.last?.code == .head)
    }

    @Test func omittedFindingsAreNotMade() {
        var list = FindingList()
        var made = 0
        for offset in 0..<10 * FindingList.limit {
            list.add(.note, .gap, offset: offset) {
                made += 1
                return Finding(.note, .gap, offset: offset, message: "")
            }
        }
        #expect(made == FindingList.limit)
    }
}
