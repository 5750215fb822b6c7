import Bytes
import Compare
import Container
import Diagnose
import Export
import Format
import Memory
import Query
import Stream
import TUI
import TestSupport

/// One kind of input, and all that the program does with it. Traps, hangs and memory are what libFuzzer watches;
/// what must hold besides is a precondition here.
package struct FuzzTarget: Sendable {
    /// Its name on the command line, and of its corpus in Fuzz/Corpus.
    package let name: String
    package let shape: InputShape
    /// Longer inputs make each run slow, and the fuzzer blind.
    package let limit: Int
    package let run: @Sendable ([UInt8]) -> Void

    /// The registry: a new target is one line here and a corpus.
    package static let all: [FuzzTarget] = [
        FuzzTarget(name: "stream", shape: .stream, limit: 45_000, run: stream),
        FuzzTarget(name: "container", shape: .bytes, limit: 20_000, run: container),
        FuzzTarget(name: "archive", shape: .bytes, limit: 30_000, run: container),
        FuzzTarget(name: "wire", shape: .bytes, limit: 60_000, run: container),
        FuzzTarget(name: "channels", shape: .pair, limit: 60_000, run: channels),
        FuzzTarget(name: "two", shape: .pair, limit: 60_000, run: two),
        FuzzTarget(name: "dump", shape: .text, limit: 20_000, run: dump),
        FuzzTarget(name: "description", shape: .text, limit: 20_000, run: description),
        FuzzTarget(name: "explain", shape: .text, limit: 4_000, run: explain),
        FuzzTarget(name: "memory", shape: .stream, limit: 45_000, run: memory),
        FuzzTarget(name: "settings", shape: .text, limit: 4_000, run: settings),
        FuzzTarget(name: "session", shape: .text, limit: 4_000, run: session),
        FuzzTarget(name: "search", shape: .text, limit: 400, run: search),
        FuzzTarget(name: "keys", shape: .bytes, limit: 400, run: keys),
    ]

    /// Takes streams of any size, such as those of other targets, and has no corpus of its own.
    private static let keyStorm = FuzzTarget(
        name: "storm", shape: .stream, limit: 1 << 20, run: { storm($0) })

    package static func named(_ name: String) -> FuzzTarget? { (all + [keyStorm]).first { $0.name == name } }

    private static func open(_ bytes: [UInt8], options: OpenOptions = OpenOptions()) -> Document? {
        try? Document.open(region: MappedRegion(copying: bytes), name: "fuzz.mig", options: options)
    }

    // MARK: Streams

    private static func stream(_ bytes: [UInt8]) {
        guard let document = open(bytes) else { return }
        let problems = Examination.problems(document)
        precondition(problems.isEmpty, problems.first ?? "")
        var sink = Discard()
        TSVExport(document).write(all: false, section: nil, to: &sink)
        StateExport(document).write(section: nil, to: &sink)
        InfoExport(document).write(to: &sink)
        InfoExport(document).writeJSON(to: &sink)
        FindingsExport(Check(document, like: document).findings()).writeRecords(.json, to: &sink)
        pages(document)
    }

    /// A file that is packed, wrapped, or none of our business.
    private static func container(_ bytes: [UInt8]) {
        var options = OpenOptions()
        options.maxUnpacked = 1 << 20
        let opening = DocumentOpening(
            region: MappedRegion(copying: bytes), name: "fuzz", options: options)
        do throws(OpenError) {
            while try opening.step() {}
            let document = try opening.finish()
            let problems = Examination.screen(document) + Tiling.nodes(document, perNode: 4, limit: 200)
            precondition(problems.isEmpty, problems.first ?? "")
            var sink = Discard()
            InfoExport(document).writeJSON(to: &sink)
            if !document.store.channels.isEmpty { pages(document) }
        } catch {
            precondition(Examination.isSafe(error.description), error.description)
        }
    }

    /// A main channel, and what came over another connection of its migration.
    private static func channels(_ bytes: [UInt8]) {
        let parts = InputPair(bytes)
        guard let kind = ConnectionKind.of(Array(parts.second.prefix(64))), kind != .stream, kind != .tls
        else { return }
        var source = StreamSource(region: MappedRegion(copying: parts.first))
        source.channels = [WireChannel(kind: kind, name: "1", region: MappedRegion(copying: parts.second))]
        if ChannelJob.isNeeded(source.channels) {
            var options = ContainerOptions()
            options.maxUnpacked = 1 << 20
            let job = ChannelJob(source.channels, options: options)
            while (try? job.step(budget: 1 << 20)) == true {}
            source.channels = job.result.channels
        }
        guard let document = try? Document.open(source: source, name: "fuzz.mig", options: OpenOptions())
        else { return }
        let problems = Examination.problems(document)
        precondition(problems.isEmpty, problems.first ?? "")
        pages(document)
    }

    /// What has become of the pages of guest memory, over whichever connection they came.
    private static func pages(_ document: Document) {
        let index = document.ramIndex()
        let reader = PageReader(region: document.store.region, index: index)
        for block in index.blocks.indices {
            precondition(index.counts(block: block, in: document.store.region).absent >= 0)
            for page in 0..<min(index.pageCount(block: block), 64) {
                if case .bytes(let bytes) = reader.content(block: block, page: page) {
                    precondition(bytes.count == index.pageSize)
                }
            }
        }
        var sink = Discard()
        _ = PagesExport(document, index: index).write(block: nil, to: &sink)
    }

    /// Two streams: what the second would refuse of the first, and what differs.
    private static func two(_ bytes: [UInt8]) {
        let parts = InputPair(bytes)
        guard let left = open(parts.first), let right = open(parts.second) else { return }
        var sink = Discard()
        FindingsExport(Check(left, like: right).findings()).write(to: &sink)
        var export = DiffExport(
            left, .stream(right), indexes: (left.ramIndex(), right.ramIndex()),
            options: DiffExport.Options(values: true, noise: true))
        _ = export.writeJSON(to: &sink)
    }

    // MARK: Text about streams

    /// What `-dump-vmstate` prints, as the target's and as a description.
    private static func dump(_ bytes: [UInt8]) {
        let region = MappedRegion(copying: bytes)
        var sink = Discard()
        if let dump = try? TargetDump(region: region, path: "dump.json") {
            FindingsExport(Check(Base.document, against: dump).findings()).write(to: &sink)
            var export = DiffExport(Base.document, .dump(dump), indexes: nil, options: DiffExport.Options())
            _ = export.write(to: &sink)
        }
        borrow(region)
    }

    private static func description(_ bytes: [UInt8]) {
        let region = MappedRegion(copying: bytes)
        borrow(region)
        guard let description = try? BorrowedDescription(region: region, path: "d.json") else { return }
        var sink = Discard()
        var export = DiffExport(
            Base.document, .description(description), indexes: nil, options: DiffExport.Options())
        _ = export.write(to: &sink)
    }

    private static func borrow(_ region: MappedRegion) {
        var options = OpenOptions()
        options.description = try? BorrowedDescription(region: region, path: "d.json")
        guard options.description != nil, let document = open(Base.undescribed, options: options) else {
            return
        }
        let problems = Tiling.rows(document).problems + Tiling.nodes(document, perNode: 4, limit: 300)
        precondition(problems.isEmpty, problems.first ?? "")
        var sink = Discard()
        FittedDescription(document)?.write(to: &sink)
    }

    /// Logs of QEMU and libvirt.
    private static func explain(_ bytes: [UInt8]) {
        let explainer = Explainer(Base.document)
        var log = FailureLog()
        log.read(bytes[...])
        for report in log.finish() + FailureLog.reports(in: String(decoding: bytes, as: UTF8.self)) {
            for finding in explainer.explain(report) {
                for text in [finding.message, finding.path, finding.hint] {
                    precondition(Examination.isSafe(text), text.debugDescription)
                }
            }
        }
    }

    // MARK: Guest memory

    /// Registers of the input, and the input itself as the guest's memory: page tables of anything.
    private static func memory(_ bytes: [UInt8]) {
        guard let document = open(bytes) else { return }
        let memory = scattered(bytes)
        for processor in document.processors() {
            for address: UInt64 in [0, processor.programCounter, 0xffff_ffff_8100_0000, 1 << 47, .max] {
                _ = try? processor.translate(address, in: memory)
            }
            _ = MappedStretches(processor, in: memory)
            _ = processor.coreNotes
        }
        var sink = Discard()
        let own = GuestMemory(document, index: document.ramIndex())
        _ = MemoryExport(own, start: 0, count: 4096).writeHex(to: &sink)
        _ = MemoryExport(own, start: .max - 4095, count: 4096).writeHex(to: &sink)
        if var core = ELFCore(document, memory: memory, paging: document.processors().first) {
            _ = core.write(to: &sink)
        }
    }

    /// 16 MiB whose pages are pieces of the bytes.
    private static func scattered(_ bytes: [UInt8]) -> GuestMemory {
        let pageCount = 4096
        var pages = BlockPages(pageCount: pageCount)
        let room = bytes.count - 4096
        for page in 0..<pageCount where room > 0 {
            pages.insert(
                PageRun(firstPage: page, count: 1, kind: .raw, place: page &* 509 % room, stride: 4096))
        }
        return TestMemory.memory(bytes, pages)
    }

    // MARK: The user's own

    private static func settings(_ bytes: [UInt8]) {
        do throws(SettingsError) {
            _ = try Settings(text: String(decoding: bytes, as: UTF8.self))
        } catch {
            precondition(Examination.isSafe(error.description), error.description)
        }
    }

    /// A kept session and history, perhaps of another stream.
    private static func session(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let kept = Keepsake(session: text, history: text.split(separator: "\n").map(String.init))
        let browser = Browser(document: Base.open(), options: BrowserOptions(kept: kept))
        for key in [Key.character("/"), .up, .escape, .character("M")] { press(key, browser) }
        _ = browser.render(size: Size(width: 80, height: 24))
        _ = browser.keepsake.session
    }

    /// What stands after `/`, `:`, `find` and `at`: the first byte chooses.
    private static func search(_ bytes: [UInt8]) {
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        let document = Base.document
        var sink = Discard()
        var export = FindExport(document, limit: 100)
        switch (bytes.first ?? 0) % 4 {
        case 0:
            guard let pattern = try? TextPattern(expression: text) else { return }
            _ = export.writeNodes(matching: pattern, values: true, to: &sink)
        case 1:
            guard let pattern = BytePattern(text) else { return }
            _ = export.writeBytes(matching: pattern, to: &sink)
        case 2: _ = export.writeNames(containing: text, to: &sink)
        default:
            guard let place = try? document.place(text, from: 0) else { return }
            _ = document.tree.pathText(place.path)
        }
    }

    /// Random keys, mouse and sizes; every eighth screen is drawn.
    private static func keys(_ bytes: [UInt8]) {
        let browser = Browser(document: Base.open(), options: BrowserOptions())
        var size = Size(width: 80, height: 24)
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0..<0x80: press(Key(Unicode.Scalar(byte)), browser, size)
            case 0x80..<0xa0: press(special[Int(byte) % special.count], browser, size)
            case 0xa0..<0xc0:
                let kind: [MouseEvent.Gesture] = [
                    .press, .drag, .release, .doubleClick, .wheelUp, .wheelDown,
                ]
                let place = (x: Int(byte &* 37) % size.width, y: Int(byte &* 11) % size.height)
                _ = browser.handle(
                    .mouse(MouseEvent(kind[Int(byte) % kind.count], x: place.x, y: place.y)), size: size)
            case 0xc0..<0xd0:
                size = Size(width: 1 + Int(byte &* 29), height: 1 + Int(byte &* 7) % 70)
                _ = browser.handle(.resize(size), size: size)
            default: _ = browser.handle(.paste("0x\(byte):cpu"), size: size)
            }
            if index % 8 == 7 { _ = browser.render(size: size) }
        }
        for _ in 0..<100 where browser.hasWork { _ = browser.handle(.tick, size: size) }
        _ = browser.render(size: size)
    }

    /// Random keys on a stream that may be broken; which keys, its bytes say.
    private static func storm(_ bytes: [UInt8]) {
        guard let document = open(bytes) else { return }
        let seed = bytes.reduce(UInt64(bytes.count)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        var storm = KeyStorm(document, seed: seed)
        storm.run(200)
        precondition(storm.rest(limit: 10_000), "work goes on and on")
    }

    /// So many keys on a stream, for a run that is measured from outside.
    /// - Returns: what was counted, and whether the work came to its end.
    package static func storm(_ bytes: [UInt8], keys: Int, seed: UInt64) -> (report: String, isAtRest: Bool) {
        guard let document = open(bytes) else { return ("no stream", true) }
        var storm = KeyStorm(document, seed: seed)
        storm.run(keys)
        let isAtRest = storm.rest(limit: 100_000)
        return ("\(storm.events) events, \(storm.steps) steps, \(storm.effects) effects", isAtRest)
    }

    private static let special: [Key] = [
        .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .insert, .backTab, .delete, .backspace,
        .shiftUp, .shiftDown, .shiftLeft, .shiftRight, .function(1), .control("o"), .control("r"),
    ]

    private static func press(_ key: Key, _ browser: Browser, _ size: Size = Size(width: 80, height: 24)) {
        _ = browser.handle(.key(key), size: size)
    }
}

/// The stream that inputs about streams are tried on: small, with all that a stream has.
private enum Base {
    static let bytes: [UInt8] = SmallStream([.plain("first"), .longList(300), .plain("0000:00:03.0/e1000")])
        .bytes

    /// The same without its description.
    static let undescribed: [UInt8] = {
        var stream = SmallStream([.plain("first"), .longList(300), .plain("0000:00:03.0/e1000")])
        stream.hasDescription = false
        return stream.bytes
    }()

    static func open() -> Document {
        guard let document = try? Document.open(region: MappedRegion(copying: bytes), name: "base.mig") else {
            fatalError("the stream that inputs are tried on can't be opened")
        }
        return document
    }

    // Targets run one after the other: the driver has one thread, and the tests of the corpus are serialized.
    nonisolated(unsafe) static let document = open()
}

private struct Discard: ByteSink, RandomAccessSink {
    mutating func write(_ bytes: [UInt8]) {}
    mutating func write(_ bytes: [UInt8], at offset: Int) throws(Never) {}
    mutating func finish(length: Int) throws(Never) {}
}
