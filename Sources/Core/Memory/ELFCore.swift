import Bytes
import Stream

/// An ELF core of the guest in the form of QEMU's `dump-guest-memory` (dump/dump.c, 10.0).
///
/// Each stretch of RAM in the stream becomes a PT_LOAD at its physical address; RAM that is not in the stream
/// is left out. Zero pages are holes of the file. With `paging`, the memory that a CPU's page tables map also
/// becomes PT_LOADs at its virtual addresses, over the same bytes of the file. These come first, because
/// debuggers use the first PT_LOAD that contains an address.
package struct ELFCore {
    /// A stretch of memory in the file.
    package struct Load: Equatable {
        package var physical: UInt64
        package var size: UInt64
        /// The value of p_vaddr; for plain stretches, the physical address.
        package var virtual: UInt64
        /// The offset from the start of the memory in the file, in bytes.
        package var place: UInt64

        package init(physical: UInt64, size: UInt64, virtual: UInt64? = nil, place: UInt64 = 0) {
            self.physical = physical
            self.size = size
            self.virtual = virtual ?? physical
            self.place = place
        }
    }

    /// The result of writing, for the user.
    package struct Outcome: Sendable, Equatable {
        /// The number of bytes of RAM that are not in the stream.
        package var absent = 0
        /// The number of those bytes that are zeros in the file, because there are too many stretches.
        package var absentAsZero = 0
        package var loadCount = 0
        package var processorCount = 0
        /// The blocks of guest memory that are in the stream but not in the core, because their addresses are
        /// unknown.
        package var unplaced: [GuestMap.Unplaced] = []
        /// The reason why the guest's note for debuggers is left out; nil if it is in the core, or the guest
        /// has none.
        package var noteProblem: String?
        /// Whether the page tables map more than is listed.
        package var isPagingCut = false

        package init(
            absent: Int = 0, absentAsZero: Int = 0, loadCount: Int = 0, processorCount: Int = 0,
            isPagingCut: Bool = false
        ) {
            self.absent = absent
            self.absentAsZero = absentAsZero
            self.loadCount = loadCount
            self.processorCount = processorCount
            self.isPagingCut = isPagingCut
        }
    }

    private let memory: GuestMemory
    private let notes: [CoreNote]
    // The note that the guest left for readers of its memory, unchanged.
    private let guestNote: [UInt8]
    private let mapped: MappedStretches?
    package let format: ELFFormat
    private var outcome = Outcome()

    /// The maximum number of stretches that are distinguished; more would be of no use.
    package static let loadLimit = 1 << 16

    /// Nil if QEMU does not write cores for the guest's processor family.
    ///
    /// - Parameter paging: The CPU whose page tables are walked; nil for none.
    package init?(_ document: Document, memory: GuestMemory, paging: (any GuestProcessor)? = nil) {
        let processors = document.processors()
        guard let format = ELFFormat(document, processors, memory.map) else { return nil }
        self.format = format
        self.memory = memory
        mapped = paging.map { MappedStretches($0, in: memory) }
        // QEMU writes the notes of all CPUs in the layout for the first one's mode.
        let all = processors.flatMap { $0.coreNotes(like: processors[0]) }
        notes = all.filter { $0.name == "CORE" } + all.filter { $0.name != "CORE" }
        let note = GuestNote(document, in: memory, isBigEndian: format.isBigEndian)
        guestNote = note.bytes
        outcome.noteProblem = note.problem
        outcome.processorCount = processors.count
        outcome.unplaced = memory.map.unplaced
    }

    /// Writes the file. Memory: 16 bytes per stretch, and one page. O(RAM).
    package mutating func write<Sink: RandomAccessSink>(to sink: inout Sink) throws(Sink.Failure) -> Outcome {
        let loads = chooseLoads()
        let views = views(of: loads)
        outcome.loadCount = loads.count + views.count
        outcome.isPagingCut = !(mapped?.isComplete ?? true)
        let head = ELFHead(format: format, notes: notes, guestNote: guestNote, loads: views + loads)
        var runs = RunWriter<Sink>()
        try sink.write(head.bytes, at: 0)
        for load in loads { try write(load, at: head.dataOffset + Int(load.place), &runs, to: &sink) }
        try runs.flush(to: &sink)
        memory.release()
        try sink.finish(length: head.dataOffset + Int(loads.last.map { $0.place + $0.size } ?? 0))
        return outcome
    }

    // Returns the stretches that the page tables map, in order of virtual addresses.
    private func views(of loads: [Load]) -> [Load] {
        var views: [Load] = []
        for stretch in mapped?.all ?? [] {
            let (sum, isTooFar) = stretch.physical.addingReportingOverflow(stretch.size)
            let end = isTooFar ? .max : sum
            for load in loads[Self.firstEnding(after: stretch.physical, loads)...] {
                guard load.physical < end else { break }
                let start = max(load.physical, stretch.physical)
                views.append(
                    Load(
                        physical: start, size: min(load.physical + load.size, end) - start,
                        virtual: stretch.virtual + (start - stretch.physical),
                        place: load.place + (start - load.physical)))
                guard views.count < Self.loadLimit else { return views }
            }
        }
        return views
    }

    // MARK: Stretches

    private mutating func chooseLoads() -> [Load] {
        var smallest: UInt64 = 1
        while true {
            var absent = 0
            var bridged = 0
            if let loads = loads(bridging: smallest, &absent, &bridged) {
                outcome.absent = absent
                outcome.absentAsZero = bridged
                return Self.placed(loads)
            }
            smallest *= 16
        }
    }

    private static func firstEnding(after address: UInt64, _ loads: [Load]) -> Int {
        var range = 0..<loads.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            if loads[middle].physical + loads[middle].size > address {
                range = range.lowerBound..<middle
            } else {
                range = middle + 1..<range.upperBound
            }
        }
        return range.lowerBound
    }

    // Assigns consecutive places.
    private static func placed(_ loads: [Load]) -> [Load] {
        var loads = loads
        var place: UInt64 = 0
        for index in loads.indices {
            loads[index].place = place
            place += loads[index].size
        }
        return loads
    }

    // Merges gaps below `smallest` bytes into the surrounding stretches; nil if there are too many stretches.
    private func loads(bridging smallest: UInt64, _ absent: inout Int, _ bridged: inout Int) -> [Load]? {
        var loads: [Load] = []
        for region in memory.map.regions where !region.isDevice {
            var address = UInt64(region.physical)
            let end = UInt64(region.end)
            while address < end {
                let piece = memory.extent(at: address, limit: end - address)
                if piece.isKnown {
                    if let last = loads.last, address - (last.physical + last.size) < smallest {
                        bridged += Int(address - (last.physical + last.size))
                        loads[loads.count - 1].size = address + piece.count - last.physical
                    } else {
                        loads.append(Load(physical: address, size: piece.count))
                    }
                } else {
                    absent += Int(piece.count)
                }
                address += piece.count
            }
            guard loads.count <= Self.loadLimit else { return nil }
        }
        return loads
    }

    // MARK: Bytes

    private func write<Sink: RandomAccessSink>(
        _ load: Load, at offset: Int, _ runs: inout RunWriter<Sink>, to sink: inout Sink
    ) throws(Sink.Failure) {
        var done: UInt64 = 0
        while done < load.size {
            let piece = memory.piece(at: load.physical + done, limit: load.size - done)
            if case .bytes(let bytes) = piece.content, bytes.contains(where: { $0 != 0 }) {
                try runs.write(bytes, at: offset + Int(done), to: &sink)
            }
            done += piece.count
        }
    }
}

extension ELFFormat {
    /// The format that QEMU writes for a guest (target/*/arch_dump.c cpu_get_dump_info, 10.0).
    package init?(_ document: Document, _ processors: [any GuestProcessor], _ map: GuestMap) {
        let isHigh = map.regions.contains { !$0.isDevice && $0.end > Int(UInt32.max) }
        switch processors.first {
        case let cpu as X86Processor:
            self.init(machine: cpu.isLongMode ? 62 : 3, is64Bit: cpu.isLongMode || isHigh, isBigEndian: false)
        case let cpu as ArmProcessor:
            self.init(machine: cpu.is64Bit ? 183 : 40, is64Bit: cpu.is64Bit || isHigh, isBigEndian: false)
        case let cpu as RISCVProcessor:
            self.init(machine: 243, is64Bit: !cpu.is32Bit || isHigh, isBigEndian: false)
        case is S390Processor: self.init(machine: 22, is64Bit: true, isBigEndian: true)
        case let cpu as PowerProcessor:
            self.init(machine: cpu.is64Bit ? 21 : 20, is64Bit: cpu.is64Bit, isBigEndian: cpu.isBigEndian)
        default:
            // No CPU is described, but the memory alone is useful.
            switch Architecture(document) {
            case .x86: self.init(machine: 62, is64Bit: true, isBigEndian: false)
            case .arm: self.init(machine: 183, is64Bit: true, isBigEndian: false)
            case .riscv: self.init(machine: 243, is64Bit: true, isBigEndian: false)
            case .s390: self.init(machine: 22, is64Bit: true, isBigEndian: true)
            case .ppc: self.init(machine: 21, is64Bit: true, isBigEndian: true)
            case .m68k, .loongArch, nil: return nil
            }
        }
    }
}
