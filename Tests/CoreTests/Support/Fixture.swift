import Bytes
import Foundation
import Stream
import Synchronization
import Testing

/// A stream that tests read: one of the fixtures, or one of the shared corpus when that is there.
struct Sample: Sendable, CustomTestStringConvertible {
    /// The file name without `.xz`.
    let name: String
    private let folder: URL
    /// Where its truth files are.
    private let truthFolder: URL

    var testDescription: String { name }

    /// All bare streams under Tests/CoreTests/Fixtures.
    static let fixtures = streams(in: Places.fixtures, truth: Places.truth)

    /// All bare streams of the corpus; none where it is not there.
    static let corpus: [Sample] =
        Places.shared.map { shared in
            streams(in: shared.appending(path: "corpus"), truth: shared.appending(path: "truth"))
        } ?? []

    static var all: [Sample] { fixtures + corpus }

    /// The bare streams of other devices, and of pairs of source and destination; none where they are not there.
    static let others: [Sample] =
        Places.shared.map { shared in
            ["devices", "pairs"].flatMap {
                streams(in: shared.appending(path: $0), truth: shared.appending(path: $0))
            }
        } ?? []

    /// The fixture of that name, `.mig` left out.
    static func fixture(_ name: String) -> Sample {
        Sample(name: name + ".mig", folder: Places.fixtures, truthFolder: Places.truth)
    }

    private static func streams(in folder: URL, truth: URL) -> [Sample] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".mig.xz") }.sorted().map {
            Sample(name: String($0.dropLast(3)), folder: folder, truthFolder: truth)
        }
    }

    /// The stream, unpacked once per process into a file that only this process sees.
    func region() throws -> MappedRegion { try Unpacked.region(folder.appending(path: name + ".xz")) }

    func document() throws -> Document { try Document.open(region: region(), name: name) }

    func bytes() throws -> [UInt8] {
        let region = try region()
        return region.copy(0..<region.count)
    }

    /// Unpacks the stream into a file at `path`.
    func unpack(to path: String) throws {
        try Unpacked.unpack(folder.appending(path: name + ".xz"), to: path)
    }

    /// The bytes of the truth file `NAME.suffix.xz`, or nil when there is none.
    func truth(_ suffix: String) throws -> MappedRegion? {
        let file = truthFolder.appending(path: "\(name.dropLast(4)).\(suffix).xz")
        return FileManager.default.fileExists(atPath: file.path)
            ? try Unpacked.region(file, keep: false) : nil
    }

    /// What a real program printed for `-dump-vmstate`, from the shared material, as `q35-10.0`.
    static func vmstateDump(_ name: String) throws -> MappedRegion {
        try Unpacked.region(#require(Places.shared).appending(path: "dump-vmstate/\(name).json.xz"))
    }

    /// Unpacks a file.
    static func unpack(_ file: URL, to path: String) throws { try Unpacked.unpack(file, to: path) }

    /// Whether there are truth files. A stream of the corpus that is named as a fixture has the fixture's.
    var hasTruth: Bool {
        let isOwn = folder == Places.fixtures || !Self.fixtures.contains { $0.name == name }
        return isOwn
            && FileManager.default.fileExists(
                atPath: truthFolder.appending(path: "\(name.dropLast(4)).tsv.xz").path)
    }
}

/// Where files are.
enum Places {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()

    static let fixtures = tests.appending(path: "Fixtures")
    static let truth = tests.appending(path: "Truth")

    /// The folder of shared material: `MIGSCOPE_SHARED`, or `shared` beside the package; nil where it is not there.
    static let shared: URL? =
        FileManager.default.fileExists(atPath: sharedFolder.appending(path: "corpus").path)
        ? sharedFolder : nil

    /// Whether tests of the shared material run: where it is there, and in CI where its folder is.
    static let expectsShared: Bool =
        shared != nil
        || ProcessInfo.processInfo.environment["CI"] != nil
            && FileManager.default.fileExists(atPath: sharedFolder.path)

    private static let sharedFolder: URL = {
        let package = tests.deletingLastPathComponent().deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["MIGSCOPE_SHARED"].map { URL(filePath: $0) }
        return named ?? package.deletingLastPathComponent().appending(path: "shared")
    }()
}

/// Files unpacked by `xz`.
private enum Unpacked {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let known = Mutex<[String: MappedRegion]>([:])

    static func region(_ file: URL, keep: Bool = true) throws -> MappedRegion {
        if let region = known.withLock({ $0[file.path] }) { return region }
        let scratch = try Scratch()
        let path = scratch.path("stream")
        try unpack(file, to: path)
        let region = try MappedRegion.open(path: path)
        if keep { known.withLock { $0[file.path] = region } }
        return region
    }

    static func unpack(_ file: URL, to path: String) throws {
        // xz leaves holes in a regular file.
        try Data().write(to: URL(filePath: path))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["xz", "--decompress", "--stdout", file.path]
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: path))
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "xz of \(file.lastPathComponent): status \(process.terminationStatus)")
        }
    }
}

/// A private folder that goes with its owner.
final class Scratch {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "migscope-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Writes a file and gives its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: path(name)))
        return path(name)
    }
}
