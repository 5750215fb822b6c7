import Bytes
import Container
import Stream
import Testing

/// An example of each container: what wraps a small stream, and what the outermost layer is called then.
struct ContainerCase: Sendable, CustomTestStringConvertible {
    var format: any ContainerFormat.Type
    var name: String
    var wrapped: @Sendable ([UInt8]) throws -> [UInt8]

    var testDescription: String { "\(format)" }

    static let all: [ContainerCase] = [
        ContainerCase(format: LibvirtImage.self, name: "libvirt") { stream in
            var image = Array("LibvirtQemudSave".utf8)
            let xml = Array("<domain/>\0".utf8)
            for word in [2, UInt32(xml.count), 1, 0] { image += littleEndian(word) }
            image += [UInt8](repeating: 0, count: 60) + xml
            return image + stream
        },
        ContainerCase(format: QCOW2Image.self, name: "qcow2 snapshot") { stream in
            var writer = QCOW2Writer(state: stream)
            try writer.write()
            return writer.bytes
        },
        ContainerCase(format: CompressedStream.self, name: "gzip") { try Pack.gzip($0) },
        ContainerCase(format: XenStream.self, name: "Xen") { XenWriter(stream: $0).bytes },
        ContainerCase(format: TarArchive.self, name: "tar") {
            try Archive.tar.bytes([("vm.mig", $0)])
        },
        ContainerCase(format: ZipArchive.self, name: "zip") {
            try Archive.zip(packed: false).bytes([("vm.mig", $0)])
        },
        ContainerCase(format: PacketCapture.self, name: "capture") { stream in
            var writer = CaptureWriter()
            writer.add(.init(client: 50_000, forward: stream))
            return writer.bytes
        },
        ContainerCase(format: PrefixedStream.self, name: "unknown") {
            Array("something else".utf8) + $0
        },
    ]

    static func littleEndian(_ value: UInt32) -> [UInt8] { StreamWriter.be(value.byteSwapped) }
}

@Suite struct ContainerRegistryTests {
    @Test func casesCoverTheRegistry() {
        #expect(ContainerCase.all.map { "\($0.format)" } == ContainerFormats.all.map { "\($0)" })
    }

    @Test(arguments: ContainerCase.all) func streamIsTakenOut(_ example: ContainerCase) throws {
        let stream = SmallStream().bytes
        let wrapped = try example.wrapped(stream)
        let region = MappedRegion(copying: wrapped)
        let format = try #require(ContainerFormats.recognized(region))
        #expect("\(format)" == "\(example.format)")
        let opening = DocumentOpening(region: region, name: "wrapped")
        while try opening.step() {}
        let document = try opening.finish()
        #expect(document.store.container.name.hasPrefix(example.name), "\(document.store.container.name)")
        #expect(document.store.region.copy(0..<document.store.streamEnd) == stream)
    }
}

/// Writes a domain that `xl save` has saved: memory in which a stream seems to be, and QEMU's in a record after it.
/// Little-endian, docs/specs/libxl-migration-stream of Xen.
struct XenWriter {
    var stream: [UInt8]
    /// A page that a search for a stream would find.
    var memory = Array("QEVM\0\0\0\u{3}".utf8) + [UInt8](repeating: 7, count: 4088)

    private static func record(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: (8 - body.count % 8) % 8)
        return ContainerCase.littleEndian(type) + ContainerCase.littleEndian(UInt32(body.count)) + body
            + padding
    }

    var bytes: [UInt8] {
        var image = Array("Xen saved domain, xl format\n \0 \r".utf8)
        let configuration = Array("{\"type\": \"hvm\"}".utf8)
        for word in [0, 0, UInt32(configuration.count)] as [UInt32] {
            image += ContainerCase.littleEndian(word)
        }
        // The length is the last word of a header of 48 bytes.
        while image.count < 48 { image.insert(0, at: 32) }
        image += configuration
        image += Array("LibxlFmt".utf8) + StreamWriter.be(UInt32(2)) + StreamWriter.be(UInt32(0))
        image += Self.record(1, [])
        image += [UInt8](repeating: 0xff, count: 8) + Array("XENF".utf8) + StreamWriter.be(UInt32(3))
        image += [UInt8](repeating: 0, count: 8) + [UInt8](repeating: 1, count: 16)
        image += Self.record(1, [UInt8](repeating: 0, count: 16) + memory)
        // A descriptor of the HVM context: CPU of processor 0, then the end.
        image += Self.record(9, [2, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0])
        image += Self.record(0, [])
        let emulator: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0]
        return image + Self.record(3, emulator + stream) + Self.record(0, [])
    }
}

/// Saved domains of Xen.
@Suite struct XenTests {
    private let stream = SmallStream().bytes

    private func open(_ bytes: [UInt8]) throws -> Document {
        let opening = DocumentOpening(region: MappedRegion(copying: bytes), name: "xl.save")
        while try opening.step() {}
        return try opening.finish()
    }

    @Test func recordsAreNodes() throws {
        let document = try open(XenWriter(stream: stream).bytes)
        #expect(document.store.region.copy(0..<document.store.streamEnd) == stream)
        let layer = document.tree.child(0, of: document.tree.root)
        let names = (0..<layer.childCount).map { document.tree.name(document.tree.child($0, of: layer)) }
        for name in ["xl header", "LIBXC_CONTEXT", "memory", "HVM_CONTEXT", "EMULATOR_CONTEXT", "stream"] {
            #expect(names.contains(name), "\(names)")
        }
        #expect(document.path(text: "Xen/HVM_CONTEXT/CPU 0") != nil)
        #expect(document.tiles())
    }

    /// What looks like a stream in guest memory is none, not even where the file is cut before QEMU's.
    @Test func cutBeforeTheStream() throws {
        let whole = XenWriter(stream: stream).bytes
        let end = whole.count - stream.count - 24
        let error = #expect(throws: OpenError.self) { try open(Array(whole.prefix(end))) }
        #expect(
            error?.description.contains("no record contains QEMU's stream") == true,
            "\(error?.description ?? "")"
        )
    }

    // Memory with a stream that a search would find whole.
    private var inMemory: XenWriter {
        var writer = XenWriter(stream: stream)
        writer.memory = Array(
            (SmallStream([.plain("inner")]).bytes + [UInt8](repeating: 7, count: 9000)).prefix(8192))
        return writer
    }

    /// The records of libxl are walked, whether they have memory or not.
    @Test func withoutMemory() throws {
        var whole = XenWriter(stream: stream).bytes
        let places = whole.indices.filter { whole[$0...].starts(with: Array("XENF".utf8)) }
        let start = try #require(places.first) - 8
        let emulator = try #require(
            whole.indices.last {
                whole[$0...].starts(with: [3, 0, 0, 0]) && whole[($0 + 8)...].starts(with: [2, 0])
            })
        whole.removeSubrange(start..<emulator)
        let document = try open(whole)
        #expect(document.store.region.copy(0..<document.store.streamEnd) == stream)
        #expect(!document.has(.containerTruncated))
    }

    /// After a cut or a damaged record in the memory, the rest is not searched.
    @Test func damagedInTheMemory() throws {
        let whole = inMemory.bytes
        let start = try #require((0..<whole.count).first { whole[$0...].starts(with: Array("QEVM".utf8)) })
        // The page's record begins with its type and its length, before 16 bytes.
        let record = start - 24
        for size in stride(from: start - 30, to: start + 8000, by: 977) {
            let error = #expect(throws: OpenError.self) { try open(Array(whole.prefix(size))) }
            #expect(error?.description.contains("Xen image") == true, "\(error?.description ?? "")")
        }
        let changes: [(place: Int, byte: UInt8)] = [(4, 1), (5, 1), (7, 0xff), (1, 0x50)]
        for change in changes {
            var bytes = whole
            bytes[record + change.place] = change.byte
            do {
                let document = try open(bytes)
                #expect(document.store.region.copy(0..<document.store.streamEnd) == stream, "\(change)")
            } catch {
                #expect("\(error)".contains("Xen image"), "\(error)")
            }
        }
    }

    @Test func cutInTheStream() throws {
        let whole = XenWriter(stream: stream).bytes
        let document = try open(Array(whole.prefix(whole.count - 40)))
        #expect(document.findings.contains { $0.code == .containerTruncated })
        #expect(document.store.records.contains { $0.kind == .full })
    }
}
