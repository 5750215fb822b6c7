import Export
import Query
import Stream
import Testing

/// Containers as the outermost nodes of the tree.
@Suite struct ContainerNodesTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func open(_ name: String) throws -> Document {
        try Document.open(path: scratch.file("image", Containers.unpacked(name)))
    }

    private func value(_ path: String, _ document: Document) throws -> String {
        document.tree.value(document.tree.node(try #require(document.path(text: path)))).full
    }

    /// Children of each node of a container tile it.
    private func expectTiling(_ node: Node, _ document: Document) {
        guard node.childCount > 0 else { return }
        var position = node.offset
        for index in 0..<node.childCount {
            let child = document.tree.child(index, of: node)
            #expect(child.offset == position && child.space == node.space)
            position = child.range.upperBound
            expectTiling(child, document)
        }
        #expect(position == node.range.upperBound)
    }

    @Test func libvirt() throws {
        let document = try open("libvirt-raw-10.0.save")
        #expect(document.store.containerCount == 1)
        let layer = document.tree.child(0, of: document.tree.root)
        expectTiling(layer, document)
        #expect(layer.range == 0..<document.overview.fileSize)
        #expect(try value("libvirt/header/data_len", document) == "4004")
        #expect(try value("libvirt/header/was_running", document) == "1 (resumed)")
        #expect(try value("libvirt/domain XML[1]", document) == "<domain type='qemu'>")
        #expect(try value("libvirt/cookie[1]", document) == "<cookie>")
        let line = try #require(document.path(text: "libvirt/domain XML[1]"))
        #expect(document.tree.bytes(of: document.tree.node(line)) == Array("<domain type='qemu'>\n".utf8))
        #expect(document.store.name(of: document.tree.node(line).space) == "file")
    }

    @Test func streamOffsetsStayTheStreams() throws {
        let document = try open("libvirt-raw-10.0.save")
        let bare = try Containers.bare.document()
        for offset in stride(from: 0, to: bare.store.region.count, by: 1009) {
            let path = document.path(atOffset: offset)
            #expect(document.tree.node(path).space == .stream)
            #expect(document.tree.pathText(path) == bare.tree.pathText(bare.path(atOffset: offset)))
            #expect(document.path(text: document.tree.pathText(path)) == path)
        }
    }

    @Test func placesInTheFile() throws {
        let document = try open("libvirt-raw-10.0.save")
        let field = try document.place("file:0x15", from: 0)
        #expect(document.tree.pathText(field.path) == "libvirt/header/data_len")
        #expect(field.offset == 0x15)
        let inside = try document.place("file:0x1004", from: 0)
        #expect(document.tree.pathText(inside.path) == "header/version")
        #expect(inside.offset == 4)
        #expect(throws: PlaceError.self) { try document.place("file:0x7fffffff", from: 0) }
    }

    @Test func layersOfACompressedImage() throws {
        let document = try Document.open(path: try Containers.path("libvirt-xz-10.0.save"))
        #expect(document.store.containerCount == 2)
        for index in 0..<2 {
            let layer = document.tree.child(index, of: document.tree.root)
            expectTiling(layer, document)
            #expect(document.store.name(of: layer.space) == "file")
        }
        #expect(document.tree.pathText(try document.place("file:0x1000", from: 0).path) == "xz/xz data")
        #expect(
            document.tree.pathText(try document.place("file:0x5c", from: 0).path) == "libvirt/domain XML[1]")
    }

    @Test func unpackedLayer() throws {
        let document = try Document.open(path: try Containers.path("libvirt-raw-10.0.save"))
        #expect(document.store.containerCount == 2)
        let inner = document.tree.child(1, of: document.tree.root)
        expectTiling(inner, document)
        #expect(document.store.name(of: inner.space) == "unpacked")
        #expect(try value("libvirt/header/version", document) == "2")
    }

    @Test func snapshots() throws {
        let document = try open("savevm-10.0.qcow2")
        expectTiling(document.tree.child(0, of: document.tree.root), document)
        #expect(try value("qcow2/snapshots/snapshot 1", document) == "\"first\", 337465 bytes of state")
        #expect(try value("qcow2/snapshots/snapshot 2", document).hasSuffix(", open"))
        #expect(try value("qcow2/snapshots/snapshot 2/name", document) == "second")
        #expect(try value("qcow2/snapshots/snapshot 1/l1_table_offset", document) == "0x3c0000")
    }

    @Test func prefix() throws {
        let bytes = [UInt8](repeating: 0x41, count: 100) + (try Containers.bare.bytes())
        let document = try Document.open(path: scratch.file("prefixed", bytes))
        let layer = document.tree.child(0, of: document.tree.root)
        expectTiling(layer, document)
        #expect(document.tree.pathText(try document.place("file:99", from: 0).path) == "unknown/unknown")
        #expect(document.rows(all: true) == (try Containers.bare.document().rows(all: true)))
    }

    /// Where it is, is said as `at` takes it.
    @Test func searchFindsFieldsOfContainers() throws {
        let document = try open("libvirt-raw-10.0.save")
        let search = Search("cookieOffset", document)
        #expect(search.count == 1)
        var sink = Collected()
        var export = FindExport(document, limit: 10)
        #expect(export.writeNames(containing: "cookieOffset", to: &sink) == 1)
        let line = String(decoding: sink.bytes, as: UTF8.self)
        #expect(line.hasPrefix("file:0x20\tlibvirt/header/cookieOffset\t140"))
        for pattern in ["cookieOff", "domain XML"] {
            var export = FindExport(document)
            var sink = Collected()
            #expect(export.writeNodes(matching: TextPattern(part: pattern), values: false, to: &sink) == 1)
            #expect(sink.bytes.starts(with: "file:0x".utf8))
        }
    }
}

private struct Collected: ByteSink {
    var bytes: [UInt8] = []
    mutating func write(_ more: [UInt8]) { bytes += more }
}
