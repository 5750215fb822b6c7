import Foundation
import Testing

/// What the program keeps in memory of files that are larger than what it may keep.
@Suite struct ResidentMemoryTests {
    private static let most = 100 << 20

    /// The most memory that the program had until it printed: the pipe that it prints to is read no further, so that it
    /// is still there to be asked.
    private static func peak(_ arguments: String...) throws -> Int {
        let running = try Program.start(Program.url, arguments, input: .nullDevice)
        #expect(try running.output.fileHandleForReading.read(upToCount: 1)?.count == 1)
        let status = try String(
            contentsOfFile: "/proc/\(running.process.processIdentifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let output = running.output.fileHandleForReading
        while !output.availableData.isEmpty {}
        running.process.waitUntilExit()
        return try #require(Int(line.split(whereSeparator: { !$0.isNumber })[0])) << 10
    }

    @Test func zerosBehindTheStream() throws {
        let scratch = try Scratch()
        let path = scratch.path("padded.mig")
        try FileManager.default.copyItem(atPath: Sample.path, toPath: path)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: file.seekToEnd() + UInt64(3 * Self.most))
        try file.close()
        #expect(try Self.peak("dump", path, "--all") < Self.most)
    }
}
