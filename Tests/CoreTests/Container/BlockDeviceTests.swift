import Bytes
import Container
import Foundation
import Glibc
import Stream
import Testing

/// Streams on block devices, where this machine lets us have a loop device.
@Suite(.serialized, .enabled(if: LoopDevice.isThere, "no loop device here")) struct BlockDeviceTests {
    private let scratch: Scratch
    private let stream = SmallStream().bytes

    init() throws { scratch = try Scratch() }

    // Devices have whole sectors.
    private func device(_ bytes: [UInt8]) throws -> LoopDevice {
        let rest = [UInt8](repeating: 0, count: (4096 - bytes.count % 4096) % 4096)
        return try #require(LoopDevice(scratch.file("disk", bytes + rest)))
    }

    @Test func mapped() throws {
        let device = try device(stream)
        let document = try Document.open(path: device.path)
        #expect(document.overview.sectionCount == 4)
        #expect(document.store.region.count % 512 == 0)
        #expect(document.store.container.isInFile)
        #expect(document.tiles())
    }

    @Test func snapshotOnADevice() throws {
        var writer = QCOW2Writer(state: stream)
        try writer.write()
        let device = try device(writer.bytes)
        let document = try Document.open(path: device.path)
        #expect(document.store.region.copy(0..<document.store.region.count) == stream)
    }

    @Test func asDescriptor() throws {
        let device = try device(stream)
        let descriptor = Glibc.open(device.path, O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let document = try Document.open(path: "/dev/fd/\(descriptor)")
        #expect(document.overview.sectionCount == 4)
    }
}

/// A file as a block device, read-only, until the object is gone.
private final class LoopDevice {
    let path: String

    /// nil where the machine has none left or gives none.
    init?(_ file: String) {
        guard let output = Self.run(["--find", "--show", "--read-only", file]) else { return nil }
        path = output.trimmingCharacters(in: .whitespacesAndNewlines)
        if path.isEmpty { return nil }
    }

    deinit { _ = Self.run(["--detach", path]) }

    static let isThere: Bool = {
        guard let scratch = try? Scratch(),
            let file = try? scratch.file("probe", [UInt8](repeating: 0, count: 4096)),
            let device = LoopDevice(file)
        else { return false }
        return MappedRegion.fileSize(of: Glibc.open(device.path, O_RDONLY | O_CLOEXEC)) == 4096
    }()

    private static func run(_ arguments: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.environment = ["PATH": "/usr/sbin:/sbin:/usr/bin:/bin"]
        process.arguments = ["losetup"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
