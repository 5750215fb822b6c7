import Bytes
import Foundation
import Stream
import Testing

/// What unpacking does to the disk, and when it stops.
@Suite struct UnpackTests {
    private let scratch: Scratch
    private let folder: String

    init() throws {
        scratch = try Scratch()
        folder = scratch.path("unpacked")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    private var leftOver: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? ["?"] }

    /// A stream, and `size` bytes more in some ten bytes for each thousand.
    private func bomb(_ size: Int, fill: UInt8 = 0) throws -> [UInt8] {
        let member = try Pack.gzip([UInt8](repeating: fill, count: 10 << 20))
        var bytes = try Pack.gzip(SmallStream().bytes)
        for _ in 0..<size / (10 << 20) { bytes += member }
        return bytes
    }

    @Test func limit() throws {
        // 10 MB that would be 10 GB.
        let path = try scratch.file("bomb.gz", bomb(10 << 30))
        let limit = 8 << 20
        let document = try Document.open(path: path, options: OpenOptions(maxUnpacked: limit, folder: folder))
        #expect(document.store.region.count == limit)
        #expect(document.has(.containerLimit))
        #expect(document.overview.machine == "none")
        #expect(leftOver.isEmpty)
    }

    @Test func limitOfWhatFits() throws {
        let bytes = SmallStream().bytes
        let path = try scratch.file("small.gz", Pack.gzip(bytes))
        let options = OpenOptions(maxUnpacked: bytes.count, folder: folder)
        #expect(try Document.open(path: path, options: options).findings.isEmpty)
        let less = OpenOptions(maxUnpacked: bytes.count - 1, folder: folder)
        #expect(try Document.open(path: path, options: less).has(.containerLimit))
        #expect(throws: OpenError.self) {
            try Document.open(path: path, options: OpenOptions(maxUnpacked: 0, folder: folder))
        }
    }

    @Test func reserve() throws {
        let path = try scratch.file("small.gz", Pack.gzip(SmallStream().bytes))
        let error = #expect(throws: OpenError.self) {
            try Document.open(path: path, options: OpenOptions(folder: folder, reserve: Int.max / 2))
        }
        #expect(error?.description.contains("TMPDIR") == true)
        #expect(leftOver.isEmpty)
    }

    /// Room left on a small disk in memory; 0 where there is none.
    private static func room() -> Int {
        (try? TemporaryFile(folder: "/dev/shm").room(reserve: 0)) ?? 0
    }

    @Test(.enabled(if: room() > 60 << 20, "needs 60 MiB in /dev/shm")) func reserveOnTheWay() throws {
        let path = try scratch.file("bomb.gz", bomb(1 << 30, fill: 0xaa))
        let reserve = Self.room() - 40 << 20
        let document = try Document.open(
            path: path, options: OpenOptions(folder: "/dev/shm", reserve: reserve))
        #expect(document.has(.containerRoom))
        #expect(document.store.region.count > 1 << 20)
        #expect(document.store.region.count <= 40 << 20)
    }

    @Test func noFolder() throws {
        let path = try scratch.file("small.gz", Pack.gzip(SmallStream().bytes))
        #expect(throws: OpenError.system(path: scratch.path("none"), code: ENOENT)) {
            try Document.open(path: path, options: OpenOptions(folder: scratch.path("none")))
        }
    }

    @Test func cancelled() throws {
        let path = try scratch.file("bomb.gz", bomb(100 << 20))
        let opening = try DocumentOpening(path: path, options: OpenOptions(folder: folder))
        #expect(try opening.step())
        #expect(try opening.step())
        let progress = opening.progress
        #expect(progress.format == "gzip")
        #expect(progress.produced > 0)
        #expect(progress.consumed > 0 && progress.consumed < progress.total ?? 0)
        let document = try opening.finish()
        #expect(document.store.region.count == progress.produced)
        #expect(document.has(.containerCancelled))
        #expect(leftOver.isEmpty)
    }

    @Test func zerosAreHoles() throws {
        let file = try TemporaryFile(folder: folder)
        let pieces: [[UInt8]] = [[1, 2, 3], [UInt8](repeating: 0, count: 1 << 20), [4]]
        for piece in pieces { #expect(piece.withUnsafeBytes { file.append($0) } == 0) }
        let region = try #require(try file.region())
        #expect(region.copy(0..<region.count) == pieces.flatMap { $0 })
        #expect(file.stored < 1 << 18)
        #expect(leftOver.isEmpty)
    }
}
