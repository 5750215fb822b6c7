import Stream
import Testing

@Suite struct CommandTests {
    private static func command(_ number: UInt16, _ payload: [UInt8]) throws -> Document {
        var writer = StreamWriter()
        writer.configuration()
        writer.command(number, payload)
        writer.endOfFile()
        return try Document.of(writer.bytes)
    }

    struct Case: Sendable {
        var number: UInt16
        var payload: [UInt8]
        var label: String
        /// What the tree shows of the payload.
        var fields: [String]

        init(_ number: UInt16, _ label: String, _ payload: [UInt8] = [], _ fields: [String] = []) {
            self.number = number
            self.payload = payload
            self.label = label
            self.fields = fields
        }
    }

    private static let cases: [Case] = [
        Case(1, "OPEN_RETURN_PATH"),
        Case(2, "PING", StreamWriter.be(UInt32(3)), ["cookie 0x00000003"]),
        Case(3, "POSTCOPY_ADVISE"),
        Case(
            3, "POSTCOPY_ADVISE", StreamWriter.be(UInt64(0x201000)) + StreamWriter.be(UInt64(0x1000)),
            ["page_sizes 0x0000000000201000", "target_page_size 0x0000000000001000"]
        ),
        Case(4, "POSTCOPY_LISTEN"), Case(5, "POSTCOPY_RUN"),
        Case(
            6, "POSTCOPY_RAM_DISCARD",
            [0] + StreamWriter.counted("pc.ram") + [0] + [UInt8](repeating: 0, count: 32),
            ["version 0x00", "block \"pc.ram\"", "terminator 0x00", "ranges struct 32"]
        ),
        Case(8, "ENABLE_COLO"), Case(9, "POSTCOPY_RESUME"),
        Case(10, "RECV_BITMAP", StreamWriter.counted("pc.ram"), ["block \"pc.ram\""]),
        Case(11, "SWITCHOVER_START"),
    ]

    @Test(arguments: cases) func payload(_ example: Case) throws {
        let document = try Self.command(example.number, example.payload)
        #expect(document.expectTiling() == 0)
        #expect(document.findings.isEmpty)
        #expect(try document.listing("\(example.label)@0x11").dropFirst(3) == example.fields[...])
    }

    /// What no QEMU writes is shown and passed over.
    private static let odd: [(UInt16, [UInt8])] = [
        (0, []), (12, [1, 2]), (999, []), (2, [1]), (2, [0, 0, 0, 1, 9]), (5, [7]), (6, [0, 9, 9]),
        (10, [200, 1]), (7, []),
    ]

    @Test(arguments: odd) func goesOn(_ number: UInt16, _ payload: [UInt8]) throws {
        var writer = StreamWriter()
        writer.configuration()
        writer.command(number, payload)
        writer.command(1)
        writer.endOfFile()
        let document = try Document.of(writer.bytes)
        #expect(document.expectTiling() == 0)
        #expect(document.findings.map(\.code) == [.command])
    }

    /// Garbage that begins with the byte of a command is not taken for one.
    @Test func garbage() throws {
        var writer = StreamWriter()
        writer.configuration()
        writer.append([0x08, 0x77, 0x77, 0, 1, 0x55, 0x66, 0x67])
        let document = try Document.of(writer.bytes)
        #expect(document.expectTiling() == 8)
    }
}
