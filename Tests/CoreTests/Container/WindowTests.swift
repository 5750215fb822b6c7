import Bytes
import Foundation
import Testing

/// Windows into mapped files.
@Suite struct WindowTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func windows() throws {
        let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var file: MappedRegion? = try MappedRegion.open(path: scratch.file("file", bytes))
        let window = try #require(file?.slice(4099..<15_000).slice(2..<20_000))
        // The window keeps the mapping.
        file = nil
        #expect(window.count == 15_000 - 4101)
        #expect(window.copy(0..<window.count) == Array(bytes[4101..<15_000]))
        #expect(window.byte(at: window.count) == nil)
        #expect(window.fileOffset(of: 0) == 4101)
        #expect(window.offset(ofFileOffset: 4100) == nil)
        #expect(window.offset(ofFileOffset: 14_999) == window.count - 1)
        #expect(window.offset(ofFileOffset: 15_000) == nil)
        #expect(window.currentFileSize == 20_000)
        window.advise(.done, 1..<window.count)
        #expect(window.byte(at: 1) == bytes[4102])
        #expect(window.residentPageCount(in: 0..<4) == 1)
    }

    @Test func copiesKeepTheirBytes() {
        let region = MappedRegion(copying: [UInt8](repeating: 9, count: 10_000))
        region.advise(.done, 0..<10_000)
        #expect(region.byte(at: 5000) == 9)
        #expect(region.fileOffset(of: 0) == nil)
        #expect(region.nextData(atOrAfter: 70) == 70)
    }

    @Test func holes() throws {
        let path = try scratch.file("sparse", [])
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 8 << 20)
        try handle.seek(toOffset: 5 << 20)
        try handle.write(contentsOf: Data([1]))
        let file = try MappedRegion.open(path: path)
        let first = try #require(file.nextData(atOrAfter: 0))
        guard first > 0 else { try Test.cancel("this file system keeps no holes") }
        #expect(first <= 5 << 20)
        let window = file.slice(12_345..<file.count)
        #expect(window.nextData(atOrAfter: 0) == first - 12_345)
        #expect(window.nextData(atOrAfter: 6 << 20) == nil)
        #expect(file.slice(0..<1 << 20).nextData(atOrAfter: 0) == nil)
    }

    @Test(arguments: [0, 1, 4096, 5000, 99_999]) func endOfContent(_ last: Int) throws {
        var bytes = [UInt8](repeating: 0, count: 100_000)
        bytes[last] = 1
        let file = try MappedRegion.open(path: scratch.file("zeros", bytes))
        for region in [file, MappedRegion(copying: bytes)] {
            #expect(region.endOfContent() == last + 1)
            #expect(region.endOfContent(above: last) == last + 1)
            #expect(region.endOfContent(above: last + 1) == last + 1)
        }
    }
}
