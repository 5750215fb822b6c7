import Bytes
import Format

/// A malformed header or footer, with the message that QEMU prints (migration/savevm.c, 7.2 and 10.0).
package struct FrameDamage: Sendable {
    package var code: FindingCode
    package var mismatch: Mismatch
    package var qemu: String

    /// Returns the faults in the frame of a section that its name and place identify.
    package static func damages(_ region: MappedRegion, _ section: DeviceSection, name: String)
        -> [FrameDamage]
    {
        var result: [FrameDamage] = []
        let type = region.byte(at: section.offset) ?? 0
        if type != SectionType.full.rawValue {
            result.append(
                FrameDamage(
                    code: .sectionType,
                    mismatch: mismatch(
                        section.offset, 1, "04 (FULL)", "0x" + Hex.digits(UInt64(type), width: 2)),
                    qemu: "Unknown savevm section type \(type)"))
        }
        let footer = section.bodyOffset + section.bodySize
        let mark = region.byte(at: footer) ?? 0
        guard mark == SectionType.footer.rawValue else {
            let found = "0x" + Hex.digits(UInt64(mark), width: 2)
            return result + [
                FrameDamage(
                    code: .footerMissing, mismatch: mismatch(footer, 1, "7e (FOOTER) after \(name)", found),
                    qemu: "Missing section footer for \(name)")
            ]
        }
        if let id = region.bigEndian(UInt32.self, at: footer + 1), id != section.id {
            let (read, wanted) = ("0x" + Hex.digits(UInt64(id)), "0x" + Hex.digits(UInt64(section.id)))
            result.append(
                FrameDamage(
                    code: .footerID, mismatch: mismatch(footer + 1, 4, "section id \(wanted)", read),
                    qemu: "Mismatched section id in footer for \(name) - read \(read) expected \(wanted)"))
        }
        return result
    }

    private static func mismatch(_ offset: Int, _ size: Int, _ expected: String, _ found: String) -> Mismatch
    {
        Mismatch(offset: offset, size: size, expected: expected, found: found)
    }
}
