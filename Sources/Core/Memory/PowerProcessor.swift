import Format
import Stream

/// A PowerPC CPU (target/ppc/machine.c vmstate_ppc_cpu, version 5; 7.2). With data translation off, addresses
/// are physical; otherwise only the tables of pseries are read.
package struct PowerProcessor: GuestProcessor {
    package let number: UInt32
    package let registers: [UInt64]
    /// The special purpose registers by number.
    package let special: [UInt64]
    package let conditions: [UInt64]
    package let programCounter: UInt64
    package let state: UInt64
    package let is64Bit: Bool
    private let radix: PowerRadix?
    private let hash: PowerHash?

    /// The SPR number of PID.
    private static let processRegister = 48

    package init(_ number: UInt32, _ cpu: StateField, _ document: Document) {
        self.number = number
        let saved = cpu.registers("env.gpr")
        registers = saved + [UInt64](repeating: 0, count: max(0, 32 - saved.count))
        let special = cpu.registers("env.spr")
        self.special = special + [UInt64](repeating: 0, count: max(0, 1024 - special.count))
        let conditions = cpu.registers("env.crf")
        self.conditions = conditions + [UInt64](repeating: 0, count: max(0, 8 - conditions.count))
        programCounter = cpu.register("env.nip")
        state = cpu.register("env.msr")
        is64Bit = cpu["env.nip"]?.size == 8
        guard is64Bit, state >> 4 & 1 == 1 else {
            (radix, hash) = (nil, nil)
            return
        }
        let entry =
            StateField.section("spapr", in: document.store)?["spapr_patb_entry"]?.register("patb_entry") ?? 0
        radix =
            PowerRadix.isRadix(entry)
            ? PowerRadix(processTable: entry, process: self.special[Self.processRegister]) : nil
        let segments = cpu["cpu/slb"]?["env.slb"]
        let table = radix == nil ? HashTable(document) : nil
        hash = table.map { table in
            PowerHash(table: table, segments: Self.segments(segments))
        }
    }

    private static func segments(_ list: StateField?) -> [PowerHash.Segment] {
        (0..<min(list?.count ?? 0, 64)).compactMap { number in
            guard let entry = list?[number], entry.size == 16 else { return nil }
            let words = [0, 8].map { start in
                (start..<start + 8).reduce(UInt64(0)) { $0 << 8 | UInt64(entry.byte($1) ?? 0) }
            }
            return PowerHash.Segment(effective: words[0], virtual: words[1])
        }
    }

    package func translate(_ virtual: UInt64, in memory: GuestMemory) throws(PageFault) -> PageMapping {
        // The guard tests MSR.DR.
        guard state >> 4 & 1 == 0 else {
            if let radix { return try radix.translate(virtual, in: memory) }
            if let hash { return try hash.translate(virtual) }
            throw PageFault(
                "the page tables of this PowerPC machine can't be read: only those of pseries",
                remaining: .max - virtual)
        }
        return PageMapping(untranslated: virtual)
    }
}
