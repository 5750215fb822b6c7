import Bytes
import Container

/// The eight bytes that open a stream (migration/savevm.c qemu_loadvm_state_header, 7.2 and 10.0).
package enum HeaderRules {
    /// What QEMU says to a file that does not begin as a stream; a stream's header gives nothing.
    package static func refusal(_ region: MappedRegion, _ wording: QEMUWording = .lines) -> [Finding] {
        guard region.matches("QEVM", at: 0) else {
            let words = LookAlike.words(region)
            return [
                Finding(
                    .error, .headerMagic, offset: 0, size: min(4, region.count), path: "header/magic",
                    message: "expected QEVM, found \(words.found)", hint: words.advice,
                    qemu: QEMULog.notAStream(region.bigEndian(UInt32.self, at: 0) ?? 0).text(wording))
            ]
        }
        guard let version = region.bigEndian(UInt32.self, at: 4) else {
            return [
                Finding(
                    .error, .headerCut, offset: region.count, path: "header/version",
                    message: "expected 8 bytes of header, found the end after \(region.count)",
                    hint: "the file is cut: copy it again, or save again",
                    qemu: QEMULog.unsupportedStream(version: 0).text(wording))
            ]
        }
        guard version != 3 else { return [] }
        return [
            Finding(
                .error, .headerVersion, offset: 4, size: 4, path: "header/version",
                message: "expected version 3, found \(version)",
                hint: version == 2
                    ? "a very old file: load it with a QEMU of its time" : "bytes 4 to 7 are damaged",
                qemu: QEMULog.unsupportedStream(version: version).text(wording))
        ]
    }
}
