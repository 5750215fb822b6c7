import Bytes
import Diagnose
import Foundation
import Stream
import Testing

/// Real loads between real QEMUs: what the destination said, and what check says first. Each is a stream that was
/// saved, and one of the destination's own configuration.
@Suite struct PairTests {
    struct Load: Sendable, CustomStringConvertible {
        let name: String
        let loads: Bool
        let qemu: [String]
        var description: String { name }
    }

    private static let folder = Places.shared?.appending(path: "pairs")

    static let all: [Load] = {
        guard let folder, let data = try? Data(contentsOf: folder.appending(path: "pairs.json")),
            let list = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
        else { return [] }
        return list.map {
            Load(
                name: $0["name"] as? String ?? "", loads: $0["loads"] as? Bool ?? true,
                qemu: $0["qemu"] as? [String] ?? [])
        }
    }()

    @Test(.enabled(if: Places.expectsShared)) func listIsRead() { #expect(Self.all.count == 79) }

    @Test(.enabled(if: !all.isEmpty), arguments: all) func firstError(_ load: Load) throws {
        let folder = try #require(Self.folder)
        func open(_ end: String) throws -> Document {
            let file = folder.appending(path: "\(load.name)-\(end).mig.xz")
            return try Document.open(path: file.path)
        }
        let findings = Check(try open("a"), like: try open("b")).findings()
        let first = findings.first { $0.severity == .error }
        let words: [String] = (first?.qemu ?? "").split(separator: "\n").map(String.init)
        let said: [String] = load.loads ? [] : load.qemu
        #expect(words == said)
        if load.loads {
            let alarms: [Finding] = findings.filter { $0.severity != .note }
            #expect(alarms.map(\.message) == [String]())
        }
    }
}
