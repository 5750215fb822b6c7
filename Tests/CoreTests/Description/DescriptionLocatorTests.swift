import Bytes
import Stream
import Testing

/// The description is found by its frame, whatever its length looks like.
@Suite struct DescriptionLocatorTests {
    private static let head = StreamWriter().bytes + [UInt8](repeating: 0x41, count: 40)

    private func region(_ json: String, length: UInt32? = nil, trailing: [UInt8] = [], head: [UInt8] = head)
        -> MappedRegion
    {
        let frame = [0x00, 0x06] + StreamWriter.be(length ?? UInt32(json.utf8.count))
        return MappedRegion(copying: head + frame + Array(json.utf8) + trailing)
    }

    private func check(
        _ region: MappedRegion, _ json: String, trailing: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let start = region.count - trailing - json.utf8.count
        let place = DescriptionLocator.candidates(in: region).first
        #expect(place?.text == start..<start + json.utf8.count, sourceLocation: sourceLocation)
        #expect(place?.frame == start - 5 && place?.end == start - 6, sourceLocation: sourceLocation)
        #expect(place?.hasEndOfFile == true, sourceLocation: sourceLocation)
    }

    /// Every low byte of the length: braces and other characters that JSON has among them.
    @Test func lengths() {
        for length in 0x20...0x220 {
            let json = #"{"devices": [], "x": "\#(String(repeating: "y", count: length - 24))"}"#
            #expect(json.utf8.count == length)
            check(region(json), json)
        }
    }

    /// Lengths of two and three bytes that all look like text.
    @Test(arguments: [0x7b7b, 0x7d7d, 0x2020, 0x7e7e, 0x067b, 0x7b06, 0x0600, 0x7b7b7b]) func wideLengths(
        _ length: Int
    ) {
        let json = #"{"devices": [], "x": "\#(String(repeating: "{", count: length - 24))"}"#
        check(region(json), json)
    }

    @Test(arguments: [1, 2, 5, 4096]) func trailingZeros(_ count: Int) {
        let json = #"{"devices": []}"#
        check(region(json, trailing: [UInt8](repeating: 0, count: count)), json, trailing: count)
    }

    @Test(
        arguments: [[1], [0xff, 0, 0], [0x7d], Array("trailing".utf8), Array("{}".utf8), [0, 0, 0, 6]]
            as [[UInt8]])
    func trailingBytes(_ trailing: [UInt8]) {
        let json = #"{"devices": [{"name": "{"}]}"#
        let region = region(json, trailing: trailing)
        let places = DescriptionLocator.candidates(in: region)
        let start = region.count - trailing.count - json.utf8.count
        #expect(places.contains { $0.text == start..<start + json.utf8.count && $0.frame == start - 5 })
    }

    /// Device state in front of the end mark that looks like text, or like a frame.
    @Test(arguments: [
        "{\"devices\": []}", "\u{0}\u{6}\u{0}\u{0}\u{0}\u{f}{\"devices\": []}", "{{{{", "}", "\u{0}\u{6}",
    ])
    func textBefore(_ before: String) {
        let json = #"{"devices": [], "a": "}{"}"#
        check(region(json, head: Self.head + Array(before.utf8)), json)
    }

    @Test(
        arguments: [
            [], [0], [0, 0, 0], Array("}".utf8), Array("no json }".utf8), [0x06, 0, 0, 0, 2, 0x7b, 0x7d],
        ] as [[UInt8]])
    func none(_ end: [UInt8]) {
        let region = MappedRegion(copying: Self.head + [0x01] + end)
        #expect(DescriptionLocator.candidates(in: region).filter { $0.frame != nil } == [])
    }

    @Test(arguments: 0..<20) func shortRegions(_ count: Int) {
        for byte in [UInt8(ascii: "}"), UInt8(ascii: "{"), 0x00, 0x06] {
            let region = MappedRegion(copying: [UInt8](repeating: byte, count: count))
            #expect(DescriptionLocator.candidates(in: region).filter { $0.frame != nil } == [])
        }
    }
}
