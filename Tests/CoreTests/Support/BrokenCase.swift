import Bytes
import Diagnose
import Foundation
import Stream

/// A damage to a stream, and what the real QEMU said when it loaded it.
struct BrokenCase: Sendable, CustomStringConvertible {
    let base: String
    let name: String
    /// Bytes written over others; bytes left out; bytes put in; the length that is left.
    let writes: [(offset: Int, bytes: [UInt8])]
    let cut: (offset: Int, count: Int)?
    let insertion: (offset: Int, bytes: [UInt8])?
    let length: Int?
    let loads: Bool
    /// QEMU's lines, the innermost first.
    let qemu: [String]

    var description: String { "\(base) \(name)" }
    var isDamaged: Bool { place != nil }

    /// Where the damage is.
    var place: Int? { writes.first?.offset ?? cut?.offset ?? insertion?.offset ?? length }

    /// All recorded damages.
    static let all: [BrokenCase] = ["7.2", "10.0"].flatMap { version in
        cases(Places.fixtures.appending(path: "broken/broken-\(version).json"))
    }

    private static func cases(_ file: URL) -> [BrokenCase] {
        guard let data = try? Data(contentsOf: file),
            let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let base = root["base"] as? String, let cases = root["cases"] as? [[String: Any]]
        else { return [] }
        return cases.map { BrokenCase(base, $0) }
    }

    private init(_ base: String, _ object: [String: Any]) {
        self.base = String(base.dropLast(4))
        name = object["name"] as? String ?? ""
        writes = (object["ops"] as? [[Any]] ?? []).compactMap(Self.bytes)
        cut = (object["cut"] as? [Int]).map { ($0[0], $0[1]) }
        insertion = (object["insert"] as? [Any]).flatMap(Self.bytes)
        length = object["truncate"] as? Int
        loads = object["loads"] as? Bool ?? true
        qemu = object["qemu"] as? [String] ?? []
    }

    private static func bytes(_ pair: [Any]) -> (offset: Int, bytes: [UInt8])? {
        guard pair.count == 2, let offset = pair[0] as? Int, let hex = pair[1] as? String else { return nil }
        let digits = Array(hex.utf8)
        return (
            offset,
            stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
            }
        )
    }

    /// The damaged stream.
    func bytes() throws -> [UInt8] {
        var bytes = try Sample.fixture(base).bytes()
        for write in writes {
            bytes.replaceSubrange(write.offset..<write.offset + write.bytes.count, with: write.bytes)
        }
        if let cut { bytes.removeSubrange(cut.offset..<cut.offset + cut.count) }
        if let insertion { bytes.insert(contentsOf: insertion.bytes, at: insertion.offset) }
        if let length { bytes.removeLast(bytes.count - length) }
        return bytes
    }

    /// What check finds with the whole stream as the target's.
    func findings() throws -> [Finding] {
        let region = MappedRegion(copying: try bytes())
        do {
            let document = try Document.open(region: region, name: "broken.mig")
            return Check(document, like: try Sample.fixture(base).document()).findings()
        } catch OpenError.notAStream {
            return HeaderRules.refusal(region)
        }
    }
}
