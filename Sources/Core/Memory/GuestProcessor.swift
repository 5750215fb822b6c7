import Bytes
import Format
import Stream

/// A CPU of the guest from its section: registers, and address translation.
package protocol GuestProcessor: Sendable {
    /// The instance id of its section.
    var number: UInt32 { get }
    /// The address of the next instruction, in the form that the CPU's page tables translate.
    var programCounter: UInt64 { get }

    /// Returns the physical place of the byte at a virtual address.
    ///
    /// - Throws: `PageFault` if the page tables do not map it. O(levels).
    func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping
    /// Returns the notes about it for an ELF core whose first CPU is `first`.
    func coreNotes(like first: any GuestProcessor) -> [CoreNote]
}

/// The result of translating a virtual address.
package struct PageMapping: Sendable, Equatable {
    package var physical: UInt64
    /// The number of bytes from the address to the end of its page.
    package var remaining: UInt64
    /// Whether no page table was used, because the CPU has paging off.
    package private(set) var isUntranslated = false

    package init(physical: UInt64, remaining: UInt64) {
        self.physical = physical
        self.remaining = remaining
    }

    /// Maps an address of a CPU with paging off to itself.
    package init(untranslated address: UInt64) {
        self.init(physical: address, remaining: .max - address)
        isUntranslated = true
    }

    /// Maps `address` in a page of `1 << shift` bytes at `base`.
    package init(base: UInt64, address: UInt64, shift: Int) {
        let inside = address & (1 << UInt64(shift) - 1)
        self.init(physical: base & ~(1 << UInt64(shift) - 1) | inside, remaining: 1 << UInt64(shift) - inside)
    }
}

/// The reason why a virtual address is not mapped.
package struct PageFault: Error, Sendable, Equatable {
    /// One line, escaped.
    package var reason: String
    /// The number of bytes from the address for which the reason applies.
    package var remaining: UInt64

    package init(_ reason: String, remaining: UInt64) {
        self.reason = reason
        self.remaining = remaining
    }

    /// Creates a fault for an entry that ends the walk of all addresses that share it.
    package init(_ reason: String, entry: UInt64, at place: UInt64, address: UInt64, shift: Int) {
        self.init(
            "page table entry 0x\(Hex.digits(entry)) at physical 0x\(Hex.digits(place)): \(reason)",
            remaining: 1 << UInt64(shift) - address & (1 << UInt64(shift) - 1))
    }
}

extension Document {
    /// Returns the CPUs whose registers the stream describes, in section order. O(sections).
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
