import Bytes
import Container
import Foundation
import Stream
import Testing

/// Save images of libvirt.
@Suite struct LibvirtTests {
    private let scratch: Scratch
    private let image: [UInt8]

    init() throws {
        scratch = try Scratch()
        image = try Containers.unpacked("libvirt-raw-10.0.save")
    }

    private func open(_ bytes: [UInt8]) throws -> Document {
        try Document.open(path: scratch.file("image.save", bytes))
    }

    private func changed(_ offset: Int, _ word: UInt32) -> [UInt8] {
        var bytes = image
        bytes.replaceSubrange(offset..<offset + 4, with: withUnsafeBytes(of: word.littleEndian) { Array($0) })
        return bytes
    }

    @Test func raw() throws {
        let document = try open(image)
        #expect(document.store.container.name == "libvirt (raw)")
        #expect(document.rows(all: true) == (try Containers.bare.document().rows(all: true)))
        #expect(document.overview.streamOffset == 4096)
        #expect(document.overview.fileSize == image.count)
        let file = try #require(document.store.file)
        for offset in stride(from: 0, to: document.store.region.count, by: 997) {
            let place = try #require(document.store.fileOffset(ofStreamOffset: offset))
            #expect(place == offset + 4096)
            #expect(file.byte(at: place) == document.store.region.byte(at: offset))
            #expect(document.store.streamOffset(ofFileOffset: place) == offset)
        }
        #expect(document.store.streamOffset(ofFileOffset: 4095) == nil)
        #expect(document.store.fileOffset(ofStreamOffset: document.store.region.count) == nil)
    }

    @Test func parts() throws {
        let parts = try open(image).store.container.parts
        #expect(parts.map(\.name) == ["header", "domain XML", "cookie", "padding", "stream"])
        #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
        #expect(parts.last?.range == 4096..<image.count)
        #expect(parts[1].text?.hasPrefix("<domain type='qemu'>\n") == true)
        #expect(parts[2].text?.hasPrefix("<cookie>") == true)
        let fields = parts[0].parts
        #expect(fields.first { $0.name == "data_len" }?.text == "4004")
        #expect(fields.last?.range.upperBound == 92)
    }

    @Test func notAligned() throws {
        // Eleven bytes less of padding: the stream begins inside a page.
        var bytes = changed(20, 4004 - 11)
        bytes.removeSubrange(4096 - 11..<4096)
        let document = try open(bytes)
        #expect(document.overview.streamOffset == 4085)
        #expect(document.rows(all: true) == (try Containers.bare.document().rows(all: true)))
        #expect(document.store.region.residentPageCount(in: 0..<document.store.region.count) > 0)
    }

    @Test func partial() throws {
        var bytes = image
        bytes.replaceSubrange(0..<16, with: LibvirtImage.partialMagic.utf8)
        let document = try open(bytes)
        #expect(document.has(.containerPartial))
        #expect(document.tiles())
    }

    @Test func otherByteOrder() throws {
        var bytes = image
        for offset in stride(from: 16, to: 36, by: 4) { bytes[offset..<offset + 4].reverse() }
        #expect(try open(bytes).overview.streamOffset == 4096)
    }

    @Test func formats() throws {
        #expect(try open(changed(28, 6)).store.container.name == "libvirt (sparse)")
        #expect(try open(changed(28, 6)).findings.isEmpty)
        #expect(try open(changed(28, 3)).findings.map(\.code) == [.containerFormat])
        #expect(try open(changed(28, 99)).store.container.name == "libvirt (format 99)")
        // Version 1 had no such number.
        var first = changed(28, 3)
        first[16] = 1
        #expect(try open(first).findings.isEmpty)
        #expect(throws: OpenError.self) { try open(changed(16, 3)) }
    }

    @Test(arguments: [0, 1, 4003, 4005, 300_000, UInt32.max]) func wrongLength(_ length: UInt32) throws {
        let document = try open(changed(20, length))
        #expect(document.has(.containerSize))
        #expect(document.overview.streamOffset == 4096)
        #expect(document.tiles())
    }

    @Test(arguments: [4005, 1 << 31, UInt32.max]) func wrongCookie(_ offset: UInt32) throws {
        let document = try open(changed(32, offset))
        #expect(document.has(.containerSize))
        #expect(!document.store.container.parts.contains { $0.name == "cookie" })
    }

    @Test func cut() throws {
        for count in Array(1..<100) + Array(stride(from: 100, to: 5000, by: 61)) {
            guard let document = try? open(Array(image[..<count])) else { continue }
            #expect(count > 4096 && document.tiles())
        }
    }

    @Test func damagedHeader() throws {
        let small = image[..<4096] + SmallStream().bytes
        for offset in 0..<92 {
            for value: UInt8 in [0x00, 0x7f, 0xff] {
                var bytes = Array(small)
                bytes[offset] = value
                guard let document = try? open(bytes) else { continue }
                #expect(document.tiles())
            }
        }
    }
}
