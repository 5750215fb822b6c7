import Bytes
import Format
import Stream

/// A CPU of the guest as its section holds it: registers, and how it sees memory.
package protocol GuestProcessor: Sendable {
    /// The instance of its section.
    var number: UInt32 { get }
    /// The address of the next instruction, as the CPU's own page tables translate it.
    var programCounter: UInt64 { get }

    /// Where the byte at a virtual address is in physical memory.
    ///
    /// - Throws: `PageFault` when the page tables do not lead anywhere. O(levels).
    func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping
    /// What debuggers want to know of it, for an ELF core whose first CPU is `first`.
    func coreNotes(like first: any GuestProcessor) -> [CoreNote]
}

/// Where a virtual address leads.
package struct PageMapping: Sendable, Equatable {
    package var physical: UInt64
    /// Bytes from the address to the end of its page.
    package var remaining: UInt64
    /// Whether no page table was asked: the CPU has paging off.
    package private(set) var isUntranslated = false

    package init(physical: UInt64, remaining: UInt64) {
        self.physical = physical
        self.remaining = remaining
    }

    /// An address of a CPU that has paging off, which is a physical one.
    package init(untranslated address: UInt64) {
        self.init(physical: address, remaining: .max - address)
        isUntranslated = true
    }

    /// The byte at `address` of a page of `1 << shift` bytes at `base`.
    package init(base: UInt64, address: UInt64, shift: Int) {
        let inside = address & (1 << UInt64(shift) - 1)
        self.init(physical: base & ~(1 << UInt64(shift) - 1) | inside, remaining: 1 << UInt64(shift) - inside)
    }
}

/// Why a virtual address leads nowhere.
package struct PageFault: Error, Sendable, Equatable {
    /// One line, escaped.
    package var reason: String
    /// This many bytes from the address on have the same fate.
    package var remaining: UInt64

    package init(_ reason: String, remaining: UInt64) {
        self.reason = reason
        self.remaining = remaining
    }

    /// An entry that ends the walk for all addresses that share it.
    package init(_ reason: String, entry: UInt64, at place: UInt64, address: UInt64, shift: Int) {
        self.init(
            "page table entry 0x\(Hex.digits(entry)) at physical 0x\(Hex.digits(place)): \(reason)",
            remaining: 1 << UInt64(shift) - address & (1 << UInt64(shift) - 1))
    }
}

extension Document {
    /// The CPUs whose registers the stream describes, in the order of their sections. O(sections).
    package func processors() -> [any GuestProcessor] {
        guard let architecture = Architecture(self) else { return [] }
        return StateField.sections(named: "cpu", in: store).compactMap { number, cpu in
            switch architecture {
            case .x86: cpu["env.eflags"].map { _ in X86Processor(number, cpu) }
            case .arm: cpu["env.xregs"].map { _ in ArmProcessor(number, cpu) }
            case .riscv: cpu["env.satp"].map { _ in RISCVProcessor(number, cpu) }
            case .s390: cpu["env.psw.mask"].map { _ in S390Processor(number, cpu) }
            case .ppc: cpu["env.nip"].map { _ in PowerProcessor(number, cpu, self) }
            case .m68k, .loongArch: nil
            }
        }
    }
}
