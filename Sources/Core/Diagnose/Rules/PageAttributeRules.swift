import Bytes
import Stream

/// Storage keys and attributes of s390x (hw/s390x/s390-skeys.c, s390-stattrib.c, 7.2 and 10.0).
package enum PageAttributeRules: CheckRule {
    private struct Format {
        package var name: String
        /// Flags that end the section.
        package var end: [UInt64]
        package var incomplete: String
        package var unexpected: String
        /// What is said to more bytes than there is memory for.
        package var tooMany: String?
    }

    private static let data: UInt64 = 0x02
    private static let error: UInt64 = 0x04
    /// S390_SKEYS_BUFFER_SIZE, in pages.
    private static let keyPiece: UInt64 = 131_072
    /// No host has so much.
    private static let memoryLimit: UInt64 = 1 << 46

    private static let formats = [
        Format(
            name: "s390-skeys", end: [0x01], incomplete: "Storage key data is incomplete",
            unexpected: "Unexpected storage key flag data: "),
        Format(
            name: "s390-storage_attributes", end: [0x01, 0x08],
            incomplete: "Storage attributes data is incomplete",
            unexpected: "Unexpected storage attribute flag data: ",
            tooMany: "cmma_load could not allocate memory"),
    ]

    package static func check(_ context: inout CheckContext) {
        for section in context.sections {
            guard let format = formats.first(where: { $0.name == section.name }) else { continue }
            look(through: section, format, &context)
        }
    }

    // Word by word, as the loader does. O(records).
    private static func look(through section: CheckedSection, _ format: Format, _ context: inout CheckContext)
    {
        var position = section.bodyOffset
        while position < section.bodyEnd, let word = context.region.bigEndian(UInt64.self, at: position) {
            let flags = word & 0xfff
            if format.end.contains(flags) { return }
            guard flags == data else {
                let number = flags == 0 ? "0" : "0x\(Hex.digits(flags))"
                return report(
                    "a word with the flags \(number)",
                    flags == error ? format.incomplete : format.unexpected + number, at: position, section,
                    &context)
            }
            guard let count = context.region.bigEndian(UInt64.self, at: position + 8) else { return }
            if count >= memoryLimit, let line = format.tooMany {
                return report(
                    "\(count) bytes of attributes", line, at: position + 8, section, &context, .noMemory)
            }
            if format.tooMany == nil, let line = beyondMemory(word, count, context) {
                return report("keys of more pages than RAM has", line, at: position + 8, section, &context)
            }
            position = (position + 16).addingSaturated(Int(clamping: count))
        }
    }

    // Keys are set in pieces; the first that goes beyond the target's RAM is refused.
    private static func beyondMemory(_ word: UInt64, _ count: UInt64, _ context: CheckContext) -> String? {
        let state = (context.target ?? context.document).state
        let pages = UInt64(max(0, state.blocks.map(\.usedLength).max() ?? 0)) >> 12
        let first = word >> 12
        guard pages > 0, count > 0, first >= pages || count > pages - first else { return nil }
        let good = first < pages ? (pages - first) / keyPiece * keyPiece : 0
        let (start, left) = (first + good, min(count - good, keyPiece))
        return "Error: Setting storage keys for pages with unallocated storage key memory: "
            + "gfn=\(Hex.digits(start)) count=\(left)\nS390_SET_KEYS error -22"
    }

    private static func report(
        _ message: String, _ line: String, at offset: Int, _ section: CheckedSection,
        _ context: inout CheckContext, _ failure: QEMULog.Failure = .invalid
    ) {
        context.add(
            .error, .pageAttributes, at: offset, size: 8, "\(section.name): \(message)",
            hint: "these bytes are damaged",
            qemu: QEMULog(handler: [line], version: 1, in: section.wrapper, failure))
    }
}
