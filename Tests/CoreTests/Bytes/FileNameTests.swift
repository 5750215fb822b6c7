import Foundation
import Testing

@testable import Bytes

/// Names of files that are bytes to the system.
@Suite struct FileNameTests {
    @Test(arguments: [
        Array("plain.mig".utf8), Array("mit Umlaut ü 日本".utf8), [0x61, 0xff, 0x62], [0x80], [0xc3, 0x28],
        [0xf4, 0x8f, 0xbe, 0x80], Array("\u{10ff80}\u{10ffff}".utf8), [0xe2, 0x82], [],
    ]) func comesBack(_ name: [UInt8]) {
        let text = FileName.text(name)
        #expect(text.fileName == name.map { CChar(bitPattern: $0) } + [0])
    }

    @Test func isDrawnAsBytes() {
        #expect(FileName.shown(FileName.text([0x61, 0xff, 0x62])) == "a\\xffb")
        #expect(FileName.shown(FileName.text(Array("\u{10ffff}ü".utf8))) == "\\u{10ffff}ü")
        #expect(FileName.text(Array("ü".utf8)) == "ü")
    }

    @Test func opens() throws {
        let scratch = try Scratch()
        let path = scratch.path("") + "/" + FileName.text([0x61, 0xfe, 0x80])
        let file = try PrivateFile(path: path, existing: .refused)
        #expect([1, 2, 3].withUnsafeBytes { file.write($0, at: 0) } == 0)
        try file.publish()
        #expect(try MappedRegion.open(path: path).count == 24)
        #expect(throws: PrivateFile.Failure(code: EEXIST)) { try PrivateFile(path: path, existing: .refused) }
    }
}
