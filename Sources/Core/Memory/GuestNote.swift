import Bytes
import Format
import Stream

/// The note that a guest provides for readers of its memory: VMCOREINFO of Linux, which tells debuggers the
/// place of the kernel.
///
/// With `-device vmcoreinfo` the guest reports the note's address to QEMU, which copies it into each dump
/// unchanged (dump/dump.c dump_init, hw/misc/vmcoreinfo.c, 7.2 to 11.1).
package struct GuestNote {
    /// The guest's note with its header; empty if there is none.
    package private(set) var bytes: [UInt8] = []
    /// The reason why a note that the guest has named is missing; one line.
    package private(set) var problem: String?

    /// MAX_GUEST_NOTE_SIZE of dump/dump.c.
    private static let sizeLimit = 1 << 20
    /// FW_CFG_VMCOREINFO_FORMAT_ELF.
    private static let elf = 1
    private static let headSize = 12

    /// `isBigEndian` is the byte order of the core.
    package init(_ document: Document, in memory: GuestMemory, isBigEndian: Bool) {
        guard let section = StateField.section("vmcoreinfo", in: document.store),
            section.register("has_vmcoreinfo") == 1
        else { return }
        let size = Int(section.register("vmcoreinfo.size"))
        let address = section.register("vmcoreinfo.paddr")
        guard section.register("vmcoreinfo.guest_format") == Self.elf else {
            problem =
                "the guest's note has format \(section.register("vmcoreinfo.guest_format")), expected 1 (ELF)"
            return
        }
        guard (Self.headSize...Self.sizeLimit).contains(size) else {
            problem = "the guest's note claims \(size) bytes, expected \(Self.headSize) to \(Self.sizeLimit)"
            return
        }
        guard let content = Self.read(memory, address, size) else {
            problem = "the guest's note at 0x\(Hex.digits(address)) is not completely in the stream"
            return
        }
        let total =
            Self.headSize + Self.padded(content, 0, isBigEndian) + Self.padded(content, 4, isBigEndian)
        guard total <= size else {
            problem = "the guest's note has \(total) bytes according to its header, expected at most \(size)"
            return
        }
        bytes = Array(content[..<total])
    }

    private static func read(_ memory: GuestMemory, _ address: UInt64, _ size: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < size {
            let piece = memory.piece(at: address + UInt64(bytes.count), limit: UInt64(size - bytes.count))
            switch piece.content {
            case .bytes(let content): bytes += content
            case .zero: bytes += [UInt8](repeating: 0, count: Int(piece.count))
            case .absent, .nothing: return nil
            }
        }
        return bytes
    }

    // Returns a length from the header, rounded up to a multiple of 4 as in notes.
    private static func padded(_ bytes: [UInt8], _ offset: Int, _ isBigEndian: Bool) -> Int {
        let word = bytes[offset..<offset + 4]
        let length = (isBigEndian ? Array(word) : word.reversed()).reduce(0) { $0 << 8 | Int($1) }
        return (length + 3) / 4 * 4
    }
}
