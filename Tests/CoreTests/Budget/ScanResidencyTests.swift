import Bytes
import Compare
import Diagnose
import Export
import Foundation
import Memory
import Query
import Stream
import Testing

/// Scans of a whole file keep little of it in memory, and read it ahead: what they cost is faults and resident bytes,
/// which are counted, never timed.
@Suite(.serialized) struct ScanResidencyTests {
    private static let pageCount = 24 << 10
    /// Of a mapping that a scan goes through: two windows, and what other readers of the test have touched.
    private static let largestResident = 24 << 20

    private let scratch: Scratch
    private let path: String

    /// A stream of 96 MiB of RAM, out of the page cache.
    init() throws {
        scratch = try Scratch()
        path = scratch.path("large.mig")
        var writer = StreamWriter()
        writer.configuration()
        writer.start(
            1, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", UInt64(Self.pageCount) << 12)]))
        var body: [UInt8] = []
        body.reserveCapacity(Self.pageCount * 4104)
        for page in 0..<Self.pageCount {
            body += StreamWriter.page(
                UInt64(page) << 12, fill: UInt8(page % 250) + 1, block: page == 0 ? "pc.ram" : nil)
        }
        writer.end(1, body + StreamWriter.endOfRAM)
        writer.endOfFile()
        writer.description(#"{"page_size": 4096, "devices": []}"#)
        try Data(writer.bytes).write(to: URL(filePath: path))
    }

    /// What a piece of work cost this thread and this file.
    private struct Cost {
        var majorFaults = 0
        var resident = 0
    }

    /// Runs `body` on the file as it is after it was read once; `sample` is to be called now and then.
    private func cost(_ body: (Document, _ sample: () -> Void) throws -> Void) throws -> Cost {
        let document = try Document.open(path: path)
        _ = document.ramIndex()
        document.store.region.advise(.done, 0..<document.store.region.count)
        let isCold = try evict()
        var cost = Cost()
        let before = Self.majorFaults
        try body(document) { cost.resident = max(cost.resident, resident()) }
        cost.majorFaults = Self.majorFaults - before
        if !isCold { cost.majorFaults = 0 }
        return cost
    }

    private func expectSmall(_ cost: Cost) {
        // One for each page would be 24 thousand; a window of 8 MiB may have some before its pages have come.
        #expect(cost.majorFaults < 600, "\(cost.majorFaults) major faults")
        #expect(cost.resident < Self.largestResident, "\(cost.resident >> 20) MiB resident")
    }

    @Test func bytes() throws {
        let pattern = try #require(BytePattern("fe fe fe 00"))
        expectSmall(
            try cost { document, sample in
                var scan = ByteScan(pattern, in: document.store.region)
                while !scan.isFinished {
                    scan.step(budget: 1 << 20)
                    sample()
                }
                #expect(scan.offsets.isEmpty)
            })
    }

    private struct CountingSink: RandomAccessSink, ByteSink {
        var sample: () -> Void
        var writes = 0
        var bytes = 0

        mutating func write(_ bytes: [UInt8], at offset: Int) {
            writes += 1
            self.bytes += bytes.count
            sample()
        }

        mutating func write(_ bytes: [UInt8]) { write(bytes, at: self.bytes) }

        mutating func finish(length: Int) {}
    }

    @Test func extract() throws {
        expectSmall(
            try cost { document, sample in
                try withoutActuallyEscaping(sample) { sample in
                    let extract = try #require(
                        BlockExtract(document, block: "pc.ram", index: document.ramIndex()))
                    var sink = CountingSink(sample: sample)
                    #expect(extract.write(to: &sink) == 0)
                    #expect(sink.bytes == Self.pageCount << 12)
                    // Runs, not pages.
                    #expect(sink.writes <= Self.pageCount >> 8 + 1)
                }
            })
    }

    @Test func check() throws {
        expectSmall(
            try cost { document, sample in
                var run = CheckRun(Check(document))
                while run.findings == nil {
                    run.step(budget: 1 << 10)
                    sample()
                }
            })
    }

    /// Sections of RAM in which no record fits after the first: each is searched, and given back.
    @Test func damage() throws {
        var writer = StreamWriter()
        writer.configuration()
        writer.start(1, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 1 << 20)]))
        for _ in 0..<3 {
            var body = StreamWriter.page(0, fill: 1, block: "pc.ram")
            for page in 0..<6000 {
                body += StreamWriter.page(
                    1 << 40 | UInt64(page) << 12, fill: UInt8(page % 250) + 1, block: nil)
            }
            writer.part(1, body + StreamWriter.endOfRAM)
        }
        writer.end(1, StreamWriter.endOfRAM)
        writer.endOfFile()
        writer.description(#"{"page_size": 4096, "devices": []}"#)
        try Data(writer.bytes).write(to: URL(filePath: path))
        let document = try Document.open(path: path)
        document.store.region.advise(.done, 0..<document.store.region.count)
        var most = 0
        while document.openLivePart(budget: 1 << 10) { most = max(most, resident()) }
        #expect(document.store.records.contains { $0.kind == .gap })
        #expect(max(most, resident()) < Self.largestResident, "\(most >> 20) MiB resident")
    }

    @Test func comparison() throws {
        expectSmall(
            try cost { document, sample in
                let reader = PageReader(region: document.store.region, index: document.ramIndex())
                let other = PageReader(region: document.store.region, index: document.ramIndex())
                let comparison = RAMComparison(reader, other)
                var work = comparison.begin(0, 0, name: "pc.ram")
                while !work.isFinished {
                    comparison.step(&work, budget: 1 << 10)
                    sample()
                }
                #expect(work.block.changed == 0)
            })
    }

    /// Each byte as a row, RAM as runs of pages.
    @Test func rows() throws {
        expectSmall(
            try cost { document, sample in
                withoutActuallyEscaping(sample) { sample in
                    var sink = CountingSink(sample: sample)
                    TSVExport(document).write(all: true, section: nil, to: &sink)
                    sample()
                    #expect(sink.bytes > 0)
                }
            })
    }

    // MARK: Counting

    private static var majorFaults: Int {
        // RUSAGE_THREAD of <sys/resource.h>, which needs _GNU_SOURCE.
        var usage = rusage()
        getrusage(1, &usage)
        return usage.ru_majflt
    }

    // Bytes of the file that are mapped now, of all its mappings.
    private func resident() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/smaps", encoding: .utf8)) ?? ""
        var isOwn = false
        var total = 0
        for line in text.split(separator: "\n") {
            if line.hasSuffix(path) { isOwn = true } else if line.hasPrefix("VmFlags") { isOwn = false }
            if isOwn, line.hasPrefix("Rss:") {
                total += (Int(line.split(separator: " ")[1]) ?? 0) << 10
            }
        }
        return total
    }

    // Whether the file system can put it out of memory.
    private func evict() throws -> Bool {
        let descriptor = open(path, O_RDWR)
        defer { close(descriptor) }
        #expect(descriptor >= 0 && fsync(descriptor) == 0)
        #expect(posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) == 0)
        let region = try MappedRegion.open(path: path)
        return region.residentPageCount(in: 0..<region.count) < Self.pageCount / 4
    }
}
