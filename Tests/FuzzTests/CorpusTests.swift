import Foundation
import FuzzTargets
import Testing

/// What fuzzing found worth keeping goes through each target without a trap, and so do some changes of it.
@Suite(.serialized, .timeLimit(.minutes(20))) struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz/Corpus")

    private static func inputs(_ target: String) throws -> [[UInt8]] {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "migscope-corpus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "tar", "--extract", "--xz", "--directory", folder.path, "--file",
            corpus.appending(path: target + ".tar.xz").path,
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.map { [UInt8](try Data(contentsOf: folder.appending(path: $0))) }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func corpus(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = try Self.inputs(name)
        #expect(inputs.count >= 2)
        for input in inputs { target.run(input) }
        var mutator = Mutator(seed: 1)
        for _ in 0..<100 {
            let input = inputs.randomElement(using: &mutator.generator) ?? []
            target.run(mutator.mutate(input, as: target.shape, limit: target.limit))
        }
    }

    /// A description that is changed keeps the length that its frame gives, most of the time.
    @Test func theMutatorKnowsTheFormat() throws {
        let streams = try Self.inputs("stream")
        let stream = try #require(streams.max { $0.count < $1.count })
        var mutator = Mutator(seed: 7)
        var changes = 0
        for _ in 0..<100 {
            let changed = mutator.mutate(stream, as: .stream, limit: 1 << 20)
            changes += changed == stream ? 0 : 1
        }
        #expect(changes > 80)
    }
}
