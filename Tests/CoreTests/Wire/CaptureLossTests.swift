import Bytes
import Container
import Diagnose
import Format
import Memory
import Stream
import Testing

/// Captures that have lost the frames of sections, or the start of a migration.
@Suite struct CaptureLossTests {
    private let scratch: Scratch
    private let names = (0..<6).map { "device-\($0)" }

    init() throws { scratch = try Scratch() }

    // Two pages, six devices in the package of postcopy, two more pages; and where the package is. With `discards`, the
    // destination discards the second page before.
    private func stream(discards: Bool = false) -> (bytes: [UInt8], package: Range<Int>) {
        var stream = StreamWriter()
        stream.configuration()
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x4000)]))
        let end = StreamWriter.endOfRAM
        stream.part(
            2, StreamWriter.page(0, fill: 1, block: "pc.ram") + StreamWriter.page(0x1000, fill: 1) + end)
        if discards {
            let range = StreamWriter.be(UInt64(0x1000)) + StreamWriter.be(UInt64(0x1000))
            stream.command(6, [0] + StreamWriter.counted("pc.ram") + [0] + range)
        }
        var package = StreamWriter()
        package.command(4)
        for (number, name) in names.enumerated() {
            package.full(UInt32(10 + number), name.utf8, [UInt8](repeating: 9, count: 20))
        }
        package.command(5)
        let inner = Array(package.bytes.dropFirst(8))
        stream.command(7, StreamWriter.be(UInt32(inner.count)))
        let start = stream.count
        stream.append(inner)
        stream.part(2, StreamWriter.page(0x2000, fill: 2, block: "pc.ram") + end)
        stream.part(2, StreamWriter.page(0x3000, fill: 2, block: "pc.ram") + end)
        stream.end(2, end)
        stream.endOfFile()
        return (stream.bytes, start..<start + inner.count)
    }

    private func open(_ bytes: [UInt8], segmentSize: Int, without lost: [Int]) throws -> Document {
        var writer = CaptureWriter()
        writer.add(.init(client: 5000, forward: bytes, segmentSize: segmentSize)) { pieces in
            pieces.enumerated().filter { !lost.contains($0.offset) }.map(\.element)
        }
        let document = try Document.open(path: scratch.file("capture", writer.bytes))
        document.readMissing()
        return document
    }

    /// A segment of the package, or the header before it, costs the devices that it is in; never the pages after it.
    @Test(arguments: [7, 16, 40]) func inThePackage(_ size: Int) throws {
        let (bytes, package) = stream()
        // From the footer of the section before it on.
        let numbers = (package.lowerBound - 14 + size - 1) / size...(package.upperBound - 1) / size
        for number in numbers where (number + 1) * size <= package.upperBound {
            let document = try open(bytes, segmentSize: size, without: [number])
            let found = Set(
                document.store.records.filter { $0.kind == .full && !$0.isCut }.map {
                    document.store.table.names.text($0.name)
                })
            #expect(found.count >= names.count - 3, "\(number) \(found)")
            #expect(document.store.records.contains { $0.kind == .endOfFile }, "\(number)")
            let index = document.ramIndex()
            #expect(index.counts(block: 0, in: document.store.region).absent == 0, "\(number)")
            #expect(document.tiles())
            let findings = Check(document).findings()
            let gap = number * size..<(number + 1) * size
            #expect(
                !findings.contains { !$0.qemu.isEmpty && gap.contains($0.offset) }, "\(number) \(findings)")
        }
    }

    /// The end of the RAM section before the package, or before a discard, is lost: both are read all the same.
    @Test(arguments: [4, 5, 6], [false, true]) func beforeThePackage(_ size: Int, discards: Bool) throws {
        let (bytes, package) = stream(discards: discards)
        let command = package.lowerBound - 9 - (discards ? 30 : 0)
        let numbers = (command - 13 + size - 1) / size..<command / size
        #expect(!numbers.isEmpty)
        for lost in numbers.map({ [$0] }) + [Array(numbers)] {
            let document = try open(bytes, segmentSize: size, without: lost)
            let found = document.store.records.filter { $0.kind == .full && !$0.isCut }.map {
                document.store.table.names.text($0.name)
            }
            #expect(found == names, "\(lost) \(document.findings) \(document.store.records)")
            #expect(fills(document).prefix(4) == [1, discards ? -1 : 1, 2, 2], "\(lost)")
            #expect(document.tiles())
        }
    }

    /// The page after the package is lost with its section's start; the next section is read.
    @Test func afterThePackage() throws {
        let (bytes, package) = stream()
        let size = 60
        let first = (package.upperBound - 10) / size
        let document = try open(bytes, segmentSize: size, without: [first, first + 1])
        let index = document.ramIndex()
        #expect(index.counts(block: 0, in: document.store.region).absent == 1)
        #expect(document.store.records.contains { $0.kind == .endOfFile })
        #expect(document.tiles())
    }

    /// A capture that ends before the migration says nothing of what QEMU makes of the rest.
    @Test func endsBeforeTheMigration() throws {
        let (bytes, _) = stream()
        for size in stride(from: 100, to: bytes.count, by: 331) {
            var writer = CaptureWriter()
            writer.add(.init(client: 5000, forward: Array(bytes.prefix(size)), segmentSize: 50))
            // The end of the connection was not captured either.
            writer.change { $0.dropLast() }
            let document = try Document.open(path: scratch.file("capture", writer.bytes))
            let findings = Check(document).findings()
            #expect(findings.contains { $0.severity == .error }, "\(size)")
            for finding in findings {
                #expect(finding.qemu.isEmpty, "\(size) \(finding)")
                #expect(!finding.hint.contains("copy it again"), "\(size) \(finding)")
            }
            #expect(!document.findings.contains { $0.hint.contains("copy it again") }, "\(size)")
        }
    }

    /// What names the machine and the RAM blocks was not captured.
    @Test(arguments: [true, false]) func withoutTheStart(_ hasSYN: Bool) throws {
        let (bytes, _) = stream()
        var writer = CaptureWriter()
        writer.add(.init(client: 5000, forward: bytes)) { Array($0.dropFirst(hasSYN ? 1 : 3)) }
        if !hasSYN { writer.change { Array($0.dropFirst(2)) } }
        let error = #expect(throws: OpenError.self) {
            try Document.open(path: scratch.file("capture", writer.bytes))
        }
        let words = error?.description ?? ""
        #expect(
            words.contains("10.0.0.1:5000 → 10.0.0.2:4444 is the main channel of a migration"), "\(words)")
        #expect(words.contains(hasSYN ? "its first 1000 bytes" : "begins in its middle"), "\(words)")
        #expect(words.contains("begin the capture before the migration"))
    }
}
