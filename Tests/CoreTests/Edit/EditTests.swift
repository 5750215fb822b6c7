import Bytes
import Edit
import Format
import Memory
import Stream
import Testing

/// The writer of streams and its edits.
@Suite struct EditTests {
    /// Collects what is written.
    struct Bytes: PieceSink {
        var bytes: [UInt8] = []
        mutating func put(_ new: [UInt8]) throws(EditError) { bytes += new }
        mutating func copy(_ region: MappedRegion, _ range: Range<Int>) throws(EditError) {
            bytes += region.copy(range)
        }
        mutating func skip(_ count: Int) throws(EditError) { bytes += [UInt8](repeating: 0, count: count) }
    }

    static let streams = [
        "sample-q35-10.0", "sample-q35-7.2", "microvm-7.2", "no-footer-7.2",
        "no-vmdesc-10.0",
        "aarch64-virt-10.0", "riscv64-virt-7.2", "xbzrle-10.0", "dirty-bitmaps-7.2",
        "block-7.2", "sparc-ss4-7.2", "capabilities-10.0", "m68k-virt-7.2",
    ]

    private func bytes(_ draft: StreamDraft) throws -> [UInt8] {
        var sink = Bytes()
        try draft.write(to: &sink)
        return sink.bytes
    }

    private func editor(_ name: String, other: Document? = nil) throws -> StreamEditor {
        let document = try Sample.fixture(name).document()
        return StreamEditor(try StreamDraft(document)) { _ throws(EditError) in other ?? document }
    }

    @Test(arguments: streams) func withoutEditsTheSameBytes(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        let draft = try StreamDraft(document)
        #expect(try bytes(draft) == document.store.region.copy(0..<document.store.region.count))
        try draft.verify(document.store.region)
    }

    @Test(.enabled(if: Places.expectsShared), arguments: Sample.corpus + Sample.others)
    func withoutEditsTheSameBytesOfTheCorpus(_ sample: Sample) throws {
        let document = try sample.document()
        let draft = try StreamDraft(document)
        try draft.verify(document.store.region)
    }

    @Test(arguments: streams) func aDescriptionIsWrittenAsItWas(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        guard let own = document.store.description else { return }
        let tree = try #require(StreamDraft.descriptionTree(of: document))
        #expect(tree.text == document.store.region.copy(own.text))
    }

    /// Kinds of edits, each with those that take it back. What they take something from is the stream itself.
    private static func theresAndBacks(_ draft: StreamDraft) throws -> [[StreamEdit]] {
        let document = draft.source
        let devices = draft.sections.filter { $0.record.kind == .full }
        let last = try #require(devices.last)
        let name = document.store.table.names.text(document.store.state.blocks[0].name)
        let size = document.store.state.blocks[0].usedLength
        let page = document.store.state.pageSize
        var result: [[StreamEdit]] = [
            [.renameSection(last.editName, to: "moved:7"), .renameSection("moved:7", to: last.editName)],
            [
                .renameSection(last.editName, to: "moved:7"),
                .renameSection("moved:7", to: "moved:9"),
                .renameSection("moved:9", to: last.editName),
            ],
            [.version(last.editName, 99), .version(last.editName, last.version)],
            [.renameBlock(name, to: "another.ram"), .renameBlock("another.ram", to: name)],
            [.resizeBlock(name, to: size + page), .resizeBlock(name, to: size)],
        ]
        if let machine = document.overview.machine {
            result.append([.renameMachine("other-machine"), .renameMachine(machine)])
        }
        if size > page, document.store.state.advisedPageSizes.nonzeroBitCount <= 1,
            !document.store.state.capabilities.contains(where: {
                document.store.table.names.text($0) == "x-ignore-shared"
            })
        {
            let parts = [
                StreamEdit.NewBlock(name: "n0", size: page), .init(name: "n1", size: size - page),
            ]
            result.append([
                .regroupBlocks([name], into: parts),
                .regroupBlocks(["n0", "n1"], into: [.init(name: name, size: size)]),
            ])
        }
        // Some of them, all over the stream.
        for (number, section) in devices.enumerated() where number % max(devices.count / 6, 1) == 0 {
            result.append([.dropSection(section.editName), .takeSection(section.editName, from: "itself")])
            let node = try #require(draft.document.tree.node(of: section))
            result += backs(node, draft.document, depth: 0).prefix(4)
        }
        if draft.document.store.records.contains(where: { $0.kind == .description }) {
            result.append([.description(.strip), .description(.from("itself"))])
        }
        return result
    }

    // A field that gets other bytes and its own again, and each subsection that goes and comes.
    private static func backs(_ node: Node, _ document: Document, depth: Int) -> [[StreamEdit]] {
        var result: [[StreamEdit]] = []
        for index in 0..<min(node.childCount, 40) where depth < 6 {
            let child = document.tree.child(index, of: node)
            let path = document.tree.pathText(child.path)
            if document.tree.typeName(child) == "subsection" {
                result.append([.dropSubsection(path), .addSubsection(path, from: "itself")])
            } else if child.isLeaf, child.role == .field, result.isEmpty, (1...64).contains(child.size),
                depth == 0
            {
                let bytes = document.tree.bytes(of: child)
                let hex = { (bytes: [UInt8]) in
                    "hex:" + bytes.map { String($0 / 16, radix: 16) + String($0 % 16, radix: 16) }.joined()
                }
                result.append([
                    .set(path: path, .assign, value: hex(bytes.map { ~$0 })),
                    .set(path: path, .assign, value: hex(bytes)),
                ])
            }
            if !child.isLeaf, !child.isElement || index < 2 {
                result += backs(child, document, depth: depth + 1)
            }
        }
        return result
    }

    private func goThereAndBack(_ sample: Sample) throws {
        let document = try sample.document()
        let draft = try StreamDraft(document)
        for edits in try Self.theresAndBacks(draft) {
            var editor = StreamEditor(draft) { _ throws(EditError) in document }
            // A value may be a count or a size, which the stream can't be read with.
            for edit in edits { #expect(try !editor.apply(edit).isEmpty, "\(edit.words)") }
            let written = editor.draft.document.store.region
            #expect(
                written.copy(0..<written.count)
                    == draft.document.store.region.copy(0..<draft.document.store.region.count),
                "\(edits.map(\.words))")
            #expect(editor.draft.keepsLivePart, "\(edits.map(\.words))")
        }
    }

    @Test(arguments: streams) func thereAndBackAgain(_ name: String) throws {
        try goThereAndBack(.fixture(name))
    }

    /// Each edit in a run of its own, on what the one before has written.
    private func goThereAndBackInRuns(_ document: Document) throws {
        let original = document.store.region.copy(0..<document.store.region.count)
        for edits in try Self.theresAndBacks(try StreamDraft(document)) {
            // A value may be a count or a size, which the next run can't read the stream with.
            if case .set = edits[0] { continue }
            var present = document
            for edit in edits {
                var editor = StreamEditor(try StreamDraft(present)) { _ throws(EditError) in document }
                _ = try editor.apply(edit)
                let written = try bytes(editor.draft)
                #expect(
                    editor.draft.writtenOffset(editor.draft.document.store.region.count)
                        + editor.draft.trailing.count == written.count, "\(edit.words)")
                present = try Document.open(region: MappedRegion(copying: written), name: "written")
            }
            let written = present.store.region.copy(0..<present.store.region.count)
            #expect(written == original, "\(edits.map(\.words))")
        }
    }

    @Test(arguments: streams) func thereAndBackAgainInRuns(_ name: String) throws {
        try goThereAndBackInRuns(try Sample.fixture(name).document())
    }

    @Test(.enabled(if: Places.expectsShared), arguments: ["linux-256m-7.2"])
    func passesOfALiveMigrationStay(_ name: String) throws {
        let document = try #require(Sample.corpus(name)).document()
        try goThereAndBackInRuns(document)
    }

    /// A stream of two blocks in three passes: pages again, zero pages, a delta, a repeated name.
    @Test func recordsOfPagesKeepTheirPasses() throws {
        let page = 4096
        func name(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        func word(_ address: Int, _ flags: UInt64) -> [UInt8] {
            FrameBytes.bigEndian(UInt64(address) | flags)
        }
        func content(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: page) }
        let one = name("one"), two = name("two")
        let delta: [UInt8] = [1, 0, 3, 5, 1, 9]
        let passes: [[UInt8]] = [
            word(0, RAMFlag.page) + one + content(1) + word(page, RAMFlag.page | RAMFlag.cont) + content(2)
                + word(2 * page, RAMFlag.zero | RAMFlag.cont) + [0] + word(0, RAMFlag.zero) + two + [0]
                + word(page, RAMFlag.page | RAMFlag.cont) + content(3),
            word(page, RAMFlag.page | RAMFlag.cont) + content(4) + word(0, RAMFlag.page) + two + content(5)
                + word(0, RAMFlag.xbzrle) + one + delta + word(page, RAMFlag.page | RAMFlag.cont)
                + content(6),
            word(2 * page, RAMFlag.page) + one + content(7),
        ]
        var stream = Array("QEVM".utf8) + FrameBytes.bigEndian(UInt32(3))
        stream += FrameBytes.header(.start, id: 2, name: Array("ram".utf8), instance: 0, version: 4)
        stream += FrameBytes.bigEndian(UInt64(5 * page) | RAMFlag.memSize)
        stream += one + FrameBytes.bigEndian(UInt64(3 * page)) + two + FrameBytes.bigEndian(UInt64(2 * page))
        stream += FrameBytes.bigEndian(RAMFlag.eos) + FrameBytes.footer(2)
        for (number, records) in passes.enumerated() {
            let type: SectionType = number == passes.count - 1 ? .end : .part
            stream += [type.rawValue] + FrameBytes.bigEndian(UInt32(2)) + records
            stream += FrameBytes.bigEndian(RAMFlag.eos) + FrameBytes.footer(2)
        }
        stream += FrameBytes.header(.full, id: 3, name: Array("timer".utf8), instance: 0, version: 2)
        stream += [UInt8](repeating: 0, count: 24) + FrameBytes.footer(3) + [0]
        func run(_ bytes: [UInt8], _ edits: [StreamEdit]) throws -> [UInt8] {
            let document = try Document.open(region: MappedRegion(copying: bytes), name: "passes")
            var editor = StreamEditor(try StreamDraft(document)) { _ throws(EditError) in document }
            for edit in edits { _ = try editor.apply(edit) }
            return try self.bytes(editor.draft)
        }
        let whole = StreamEdit.NewBlock(name: "whole", size: 5 * page)
        let halves: [StreamEdit.NewBlock] = [
            .init(name: "one", size: 3 * page), .init(name: "two", size: 2 * page),
        ]
        let joined = try run(stream, [.regroupBlocks(["one", "two"], into: [whole])])
        #expect(try run(joined, [.regroupBlocks(["whole"], into: halves)]) == stream)
        let opened = try Document.open(region: MappedRegion(copying: joined), name: "joined")
        #expect(opened.ramIndex().passes.map(\.xbzrle).reduce(0, +) == 1)
        #expect(opened.store.ramRecords().count == 3)
        // The lost page is gone from all passes, and the next record names its block.
        let smaller = try run(stream, [.resizeBlock("one", to: 2 * page)])
        let larger = try run(smaller, [.resizeBlock("one", to: 3 * page)])
        let lost = 9 + 8 + one.count + page
        #expect(smaller.count == stream.count - lost)
        #expect(larger.count == smaller.count)
        let dropped = try run(stream, [.dropBlock("one")])
        let left = try Document.open(region: MappedRegion(copying: dropped), name: "dropped")
        #expect(left.findings.filter { $0.severity == .error }.isEmpty)
        #expect(left.ramIndex().counts(block: 0, in: left.store.region).raw == 2)
    }

    @Test(
        .enabled(if: Places.expectsShared),
        arguments: ["virt-aarch64-10.0", "s390x-7.2", "pseries-7.2", "zoo-10.0"])
    func corpusThereAndBackAgain(_ name: String) throws {
        try goThereAndBack(try #require(Sample.corpus(name)))
    }

    @Test(arguments: ["sample-q35-10.0", "aarch64-virt-10.0"])
    func droppedSectionsLeaveAWholeStream(_ name: String) throws {
        var editor = try editor(name)
        for section in editor.draft.sections.filter({ $0.record.kind == .full }).dropFirst(3) {
            _ = try editor.apply(.dropSection(section.editName))
        }
        let document = editor.draft.document
        #expect(document.findings.isEmpty)
        #expect(document.store.description?.devices.count == 3)
    }

    @Test func valuesByNumberAndName() throws {
        var editor = try editor("sample-q35-10.0")
        let changes = try editor.apply(.set(path: "cpu:0/env.eip", .assign, value: "0x1234"))
        #expect(changes.first?.after == [0, 0, 0, 0, 0, 0, 0x12, 0x34])
        let flag = try editor.apply(.set(path: "cpu:0/env.eflags/ZF", .assign, value: "1"))
        #expect(flag.count == 1 && flag[0].after[0] == flag[0].before[0] | 0x40)
        _ = try editor.apply(.set(path: "virtio-net:0/guest_features", .add, value: "GUEST_USO4,HOST_USO"))
        let set = try editor.apply(.set(path: "virtio-net:0/guest_features", .remove, value: "HOST_USO"))
        #expect(set.first?.before.prefix(2) == [0x01, 0x40])
        #expect(set.first?.after.prefix(2) == [0x00, 0x40])
        #expect(throws: EditError.self) {
            try editor.apply(.set(path: "cpu:0/env.eip", .assign, value: "0x10000000000000000"))
        }
        #expect(throws: EditError.self) {
            try editor.apply(.set(path: "virtio-net:0/guest_features", .remove, value: "NO_SUCH"))
        }
    }

    @Test func subsectionsComeAndGo() throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        var editor = try editor("sample-q35-10.0", other: document)
        let before = editor.draft.document.store.region.count
        let path = try #require(Self.subsection(editor.draft.document))
        _ = try editor.apply(.dropSubsection(path))
        #expect(editor.draft.document.store.region.count < before)
        #expect(editor.draft.document.findings.isEmpty)
        #expect(editor.draft.document.path(text: path) == nil)
        _ = try editor.apply(.addSubsection(path, from: "other"))
        #expect(editor.draft.document.findings.isEmpty)
        #expect(editor.draft.document.store.region.count == before)
    }

    // The first subsection of a CPU.
    private static func subsection(_ document: Document) -> String? {
        guard let section = document.path(text: "cpu:0") else { return nil }
        let node = document.tree.node(section)
        let found = (0..<node.childCount).map { document.tree.child($0, of: node) }
            .first { document.tree.typeName($0) == "subsection" }
        return found.map { document.tree.pathText($0.path) }
    }

    @Test func blocksAreDividedAndRenamedWithTheirPages() throws {
        var editor = try editor("sample-q35-10.0")
        let source = editor.draft.source
        let size = source.store.state.blocks[0].usedLength
        let halves = [
            StreamEdit.NewBlock(name: "n0", size: size / 2), StreamEdit.NewBlock(name: "n1", size: size / 2),
        ]
        _ = try editor.apply(.regroupBlocks(["pc.ram"], into: halves))
        let written = MappedRegion(copying: try bytes(editor.draft))
        try editor.draft.verify(written)
        let document = try Document.open(region: written, name: "out")
        let (old, new) = (source.ramIndex(), document.ramIndex())
        let (here, there) = (
            PageReader(region: source.store.region, index: old), PageReader(region: written, index: new)
        )
        let pages = size / old.pageSize
        for page in 0..<pages {
            let half = page < pages / 2 ? 0 : 1
            #expect(
                there.content(block: half, page: page - half * pages / 2)
                    == here.content(block: 0, page: page))
        }
        #expect(document.findings.isEmpty)
    }

    /// An id that no number follows.
    @Test func aSectionThatIsTakenHasAFreeID() throws {
        let document = try Sample.fixture("microvm-7.2").document()
        var draft = try StreamDraft(document)
        let sections = draft.sections.filter { $0.record.kind == .full }
        let (gone, other) = (sections[0], sections[1])
        let model = document
        _ = try draft.dropSection(gone.editName)
        // Another section has its id now, and a third one the last that there is.
        let own = try draft.section(named: other.editName).record
        let last = try draft.section(named: sections[2].editName).record
        try draft.splice([
            (own.offset + 1..<own.offset + 5, FrameBytes.bigEndian(gone.id)),
            (own.end - 4..<own.end, FrameBytes.bigEndian(gone.id)),
            (last.offset + 1..<last.offset + 5, FrameBytes.bigEndian(UInt32.max)),
            (last.end - 4..<last.end, FrameBytes.bigEndian(UInt32.max)),
        ])
        _ = try draft.takeSection(gone.editName, from: model)
        let ids = draft.sections.filter { $0.record.kind == .full }.map(\.id)
        #expect(Set(ids).count == ids.count && ids.count == sections.count)
    }

    @Test func listsAreReadAsTheyAreWritten() throws {
        let edits: [StreamEdit] = [
            .set(path: "cpu:0/env.eip", .assign, value: "0x10"), .dropSection("hpet"), .cutTrailing,
            .regroupBlocks(["a"], into: [.init(name: "b", size: 4096)]), .description(.from("x")),
        ]
        let lines = edits.map { edit in ([edit.words.0] + edit.words.1).joined(separator: "\t") }
        #expect(try EditList.parse(Array(lines.joined(separator: "\n").utf8)) == edits)
        let json = edits.map { edit in
            "[" + ([edit.words.0] + edit.words.1).map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
        #expect(try EditList.parse(Array("[\(json.joined(separator: ","))]".utf8)) == edits)
        #expect(throws: EditError.self) { try EditList.parse(Array("no-such-edit\tx".utf8)) }
    }

    @Test func anotherStreamsDescriptionFits() throws {
        let twin = try Sample.fixture("no-vmdesc-twin-10.0").document()
        var editor = try editor("no-vmdesc-10.0", other: twin)
        _ = try editor.apply(.description(.from("twin")))
        let devices = try #require(editor.draft.document.store.description?.devices)
        #expect(devices.count == twin.store.description?.devices.count)
        #expect(editor.draft.document.findings.filter { $0.severity == .error }.isEmpty)
    }
}
