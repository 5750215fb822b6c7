import Bytes
import Foundation
import Meaning
import Query
import Testing

@Suite struct PCIMeaningTests {
    private let config = "0000:00:06.0/xhci:0/parent_obj[0]/config[1]"

    @Test(arguments: ["sample-q35-7.2", "sample-q35-10.0"]) func capabilities(_ name: String) throws {
        let document = try Sample.fixture(name).document()
        #expect(document.words(config + "/MSI-X") == "16 vectors, disabled")
        #expect(document.words(config + "/BAR0") == "memory without address, 64-bit")
        #expect(document.node(text: config + "/BAR1") == nil)
        #expect(document.words(config + "/class")?.hasPrefix("0x0c0330") == true)
        #expect(document.words(config + "/PCI Express/capabilities/port") == "9 = root complex endpoint")
        #expect(document.lines("0000:00:06.0/xhci:0").contains("MSI-X: 16 vectors, disabled"))
        #expect(document.paths(named: "BAR0").count == 3)
        #expect(Search("MSI-X", document).count >= 7)
        let node = try #require(document.node(text: config))
        #expect(document.tree.meaningNames(of: node, atOffset: node.offset + 4).contains("command/I/O"))
        #expect(document.path(atOffset: node.offset + 4) == node.path)
    }

    @Test(.needsShared) func bridge() throws {
        let document = try #require(Sample.corpus("q35-rich-10.0")).document()
        let port = "0000:00:0c.0/pcie-root-port:0"
        let config = try #require(
            Search("memory window", document).path(ofOrdinal: 1, document)?.parent)
        #expect(document.tree.pathText(config).hasPrefix(port))
        let path = document.tree.pathText(config)
        #expect(document.words(path + "/secondary bus") == "0x01 = 1")
        #expect(document.words(path + "/PCI Express")?.hasPrefix("root port, 2.5 GT/s x1") == true)
        #expect(document.node(text: path + "/AER/uncorrectable status/PoisonTLP") != nil)
        #expect(document.node(text: path + "/BAR2") == nil)
    }

    private func device(_ config: [UInt8]) -> SmallDevice {
        SmallDevice(
            "0000:00:01.0/toy", config,
            fields: "{\"name\": \"config\", \"type\": \"pci config\", \"size\": \(config.count)}")
    }

    private func rows(_ config: [UInt8]) throws -> [String] {
        let document = try SmallStream([device(config)]).document()
        #expect(Examination.problems(document) == [])
        let node = try #require(document.node(text: "0000:00:01.0/toy:0/config"))
        return (0..<node.childCount).map { document.tree.name(document.tree.child($0, of: node)) }
    }

    /// Lists that go in a circle, out of the space or into the header end there.
    @Test func brokenLists() throws {
        var bytes = [UInt8](repeating: 0, count: 4096)
        bytes[6] = 0x10
        bytes[0x34] = 0x40
        bytes[0x40...0x43] = [0x11, 0x50, 0xff, 0xff]
        bytes[0x50...0x53] = [0x05, 0x40, 0xff, 0xff]
        bytes[0x100...0x103] = [1, 0, 1, 0x20]
        bytes[0x200...0x203] = [3, 0, 1, 0x10]
        let loop = try rows(bytes)
        #expect(loop.filter { $0 == "MSI-X" || $0 == "MSI" || $0 == "AER" }.count == 3)
        bytes[0x50...0x51] = [0x11, 0xfc]
        bytes[0xfc...0xff] = [0x10, 0x04, 0xff, 0xff]
        bytes[0x200...0x203] = [0x10, 0, 1, 0xff]
        bytes[0xff0...0xff3] = [0x10, 0, 1, 0xff]
        #expect(try rows(bytes).filter { $0 == "PCI Express" }.count == 1)
        bytes[0x34] = 0x20
        #expect(try !rows(bytes).contains("MSI-X"))
        #expect(try rows(Array(bytes.prefix(256))).contains("BAR5"))
    }

    /// Other sizes are no configuration space.
    @Test(arguments: [1, 64, 255, 257, 4095]) func otherSizes(_ size: Int) throws {
        #expect(try rows([UInt8](repeating: 0xff, count: size)).isEmpty)
    }

    /// Whatever the bytes are, rows lie inside, and there are not many.
    @Test func anyBytes() throws {
        var generator = SeededGenerator(seed: 11)
        for round in 0..<200 {
            let size = round.isMultiple(of: 2) ? 256 : 4096
            var bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if round % 3 == 0 { bytes[14] &= 1 }
            bytes[6] |= 0x10
            let rows = PCISpace(bytes).rows
            #expect(rows.count < 200)
            #expect(rows.allSatisfy { $0.offset >= 0 && $0.size > 0 && $0.offset + $0.size <= size })
            let region = MappedRegion(copying: bytes)
            let span = region.span
            for row in rows {
                #expect(
                    Examination.isSafe(
                        row.type.value(span.extracting(row.offset..<row.offset + row.size)).full))
            }
        }
    }

    @Test func namesOfAList() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ids")
        defer { try? FileManager.default.removeItem(at: file) }
        let text = """
            # comment
            1af4  Red Hat, Inc.
            \t1000  Virtio network device
            \t\t1af4 0001  Subsystem
            \t1001  Virtio \u{1b}[31m block
            8086  Intel Corporation
            \t1000  82542
            C 02  Network controller
            \t00  Ethernet controller
            8087  not a vendor any more
            """
        try text.write(to: file, atomically: true, encoding: .utf8)
        let names = PCINames(path: file.path)
        #expect(names.vendor(0x8086) == "Intel Corporation")
        #expect(names.vendor(0x8087) == nil && names.vendor(0) == nil)
        #expect(names.device(0x1af4, 0x1000) == "Virtio network device")
        #expect(names.device(0x8086, 0x1000) == "82542" && names.device(0x8086, 0x1001) == nil)
        #expect(names.device(0x1af4, 0x1001).map(Examination.isSafe) == true)
        #expect(PCINames(path: "/nonexistent/pci.ids").vendor(0x8086) == nil)
    }
}
