import ArgumentParser
import Bytes
import Export
import Memory
import Stream

/// `migscope memory`: guest memory by address.
struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Print or write guest memory by address, or write an ELF core.",
        usage: """
            migscope memory FILE --physical ADDRESS+LENGTH [-o OUT]
            migscope memory FILE --virtual ADDRESS+LENGTH [--cpu N] [-o OUT]
            migscope memory FILE --elf OUT [--paging [--cpu N]] [--map BLOCK@ADDRESS]
            """,
        discussion: """
            Without -o, the bytes are printed as a hex dump. Memory that the stream does not have is reported, never \
            shown as zero; in a file it is a hole. --virtual uses the page tables of the CPU (x86, Arm 64, RISC-V, \
            s390x). The core has a PT_LOAD for each range of RAM at its physical address, and the registers \
            of each CPU, as dump-guest-memory writes it: crash and gdb open it. With --paging, it also has the \
            mappings of the CPU's page tables, at virtual addresses, for gdb. Files are created with \
            mode 0600.
            Example: migscope memory vm.mig --physical 0xf0000+64
            """)

    @OptionGroup var input: FileArgument

    @Option(
        help: ArgumentHelp("Guest-physical memory, such as 0x100000+4K.", valueName: "address+length"))
    var physical: MemoryRangeArgument?

    @Option(
        help: ArgumentHelp(
            "Memory as a CPU sees it, such as 0xffffffff81000000+64.", valueName: "address+length"))
    var virtual: MemoryRangeArgument?

    @Option(
        help: ArgumentHelp(
            "The CPU whose page tables are used: the instance id of its section.", valueName: "n")
    )
    var cpu: CountArgument?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The file to write; - is standard output.", valueName: "out"))
    var output: String?

    @Option(help: ArgumentHelp("Write an ELF core to this file.", valueName: "out"))
    var elf: String?

    @Flag(help: "Also write memory at its virtual addresses into the ELF core.")
    var paging = false

    @OptionGroup var records: RecordArguments

    @Option(
        help: ArgumentHelp(
            "Put a RAM block at a physical address that the stream does not give, such as dimm0@0x100000000; may be repeated.",
            valueName: "block@address"))
    var map: [BlockPlace] = []

    @OptionGroup var overwriting: OverwriteArgument

    func validate() throws {
        guard [physical != nil, virtual != nil, elf != nil].filter({ $0 }).count == 1 else {
            throw ValidationError("give one of --physical, --virtual and --elf")
        }
        if paging, elf == nil { throw ValidationError("--paging requires --elf") }
        if cpu != nil, virtual == nil, !paging {
            throw ValidationError("--cpu requires --virtual or --paging")
        }
        if records.form != nil, output != nil || elf != nil {
            throw ValidationError("--json and --ndjson print to standard output: omit -o and --elf")
        }
        if output != nil, elf != nil { throw ValidationError("--elf names the file to write: omit -o") }
    }

    func run() throws {
        let document = try input.open()
        let known = document.overview.ramBlocks.map(\.name)
        for place in map where !known.contains(place.block) {
            throw CommandFailure(
                .unusable,
                "--map \(place.block): no such RAM block; try: one of \(known.joined(separator: ", "))")
        }
        let memory = GuestMemory(document, index: document.ramIndex(), places: map)
        if let conflict = memory.map.conflicts.first {
            throw CommandFailure(
                .unusable, "--map \(conflict); try: another address, or --map for both blocks")
        }
        for assumption in memory.map.assumptions {
            _ = CommandFailure(.success, "assumed: \(assumption)").report()
        }
        for block in memory.map.unplaced {
            _ = CommandFailure(
                .success,
                "\(block.block): the address of these \(block.size) bytes is unknown; "
                    + "try: --map \(block.block)@ADDRESS"
            ).report()
        }
        if let elf {
            try writeCore(document, memory, to: elf)
        } else if let physical {
            try write(MemoryExport(memory, start: physical.start, count: physical.count), of: document)
        } else if let virtual {
            let view = VirtualMemory(processor: try processor(of: document), memory: memory)
            if view.isUntranslated(virtual.start) {
                _ = CommandFailure(
                    .success,
                    "CPU \(view.processor.number) has paging disabled: virtual addresses are physical ones"
                ).report()
            }
            try write(MemoryExport(view, start: virtual.start, count: virtual.count), of: document)
        }
        try input.checkMemory(document)
    }

    private func processor(of document: Document) throws(CommandFailure) -> any GuestProcessor {
        let all = document.processors()
        let number = cpu?.value ?? Int(all.first?.number ?? 0)
        guard let found = all.first(where: { $0.number == number }) else {
            let known = all.map { String($0.number) }.joined(separator: ", ")
            throw CommandFailure(
                .findings,
                all.isEmpty
                    ? "the stream describes no CPU whose page tables can be read\(document.lossWords); "
                        + "try: --physical"
                    : "no CPU \(number) is in the stream; try: --cpu with one of \(known)")
        }
        return found
    }

    private func write(_ export: MemoryExport, of document: Document) throws {
        let missing: MemoryExport.Missing
        if let output {
            var file = try OutputFile(path: output, inputs: input.files, replaces: overwriting.force)
            missing = try export.write(to: &file)
        } else {
            var standard = StandardOutput()
            missing =
                records.form.map { export.writeRecords($0, to: &standard) } ?? export.writeHex(to: &standard)
            standard.flush()
        }
        guard let first = missing.first else { return }
        throw CommandFailure(
            .findings,
            "\(missing.absent) bytes are not in the stream and \(missing.nothing) have no memory; "
                + "the first at 0x\(Hex.digits(first.address)): \(first.reason)\(document.lossWords)")
    }

    private func writeCore(_ document: Document, _ memory: GuestMemory, to path: String) throws {
        let walked = paging ? try processor(of: document) : nil
        guard var core = ELFCore(document, memory: memory, paging: walked) else {
            throw CommandFailure(
                .findings, "QEMU has no ELF core for this machine; try: migscope extract --block")
        }
        var file = try OutputFile(path: path, inputs: input.files, replaces: overwriting.force)
        let outcome = try core.write(to: &file)
        if outcome.processorCount == 0 {
            throw CommandFailure(
                .findings,
                "\(path): has no CPUs: the stream does not describe their registers\(document.lossWords)")
        }
        if outcome.isPagingCut {
            _ = CommandFailure(
                .success,
                "\(path): the page tables map more than a core can list; the first ranges are in it"
            ).report()
        }
        if let problem = outcome.noteProblem {
            _ = CommandFailure(.success, "\(path): \(problem)").report()
        }
        var losses: [String] = []
        if !outcome.unplaced.isEmpty {
            let size = outcome.unplaced.reduce(0) { $0 + $1.size }
            losses.append(
                "\(size) bytes of RAM are in the stream and not in the core, of "
                    + outcome.unplaced.map(\.block).joined(separator: ", ") + "; try: --map BLOCK@ADDRESS")
        }
        if outcome.absent > 0 {
            losses.append(
                "\(outcome.absent) bytes of RAM are not in the stream; \(outcome.absentAsZero) of them are "
                    + "zeros in the core, the others are left out")
        }
        if !losses.isEmpty { throw CommandFailure(.findings, "\(path): " + losses.joined(separator: "; ")) }
    }
}
