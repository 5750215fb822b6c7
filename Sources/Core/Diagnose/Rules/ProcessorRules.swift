/// What x86's post-load checks refuse (target/i386/machine.c cpu_post_load, 7.2 and 10.0).
enum ProcessorRules: CheckRule {
    private static let guestFlag: UInt32 = 1 << 21

    static func check(_ context: inout CheckContext) {
        for section in context.sections where section.record.kind == .full && context.isSound(section) {
            guard let layout = context.devices[section.key]?.layout, isX86(layout, context.table),
                let fault = fault(section, layout, context)
            else { continue }
            context.add(
                .error, fault.code, at: fault.offset, size: 4, "\(section.name): \(fault.message)",
                hint: fault.hint,
                qemu: QEMULog.text([fault.line], in: section.wrapper))
        }
    }

    private struct Fault {
        var code: String
        var offset: Int
        var line: String
        var message: String
        var hint: String
    }

    /// What the checks say to a section whose bytes are shifted; nil where they let it pass.
    static func failure(_ section: CheckedSection, _ layout: LayoutID, _ context: CheckContext) -> String? {
        guard isX86(layout, context.table), let fault = fault(section, layout, context) else { return nil }
        return QEMULog.text([fault.line], in: section.wrapper)
    }

    private static func isX86(_ layout: LayoutID, _ table: LayoutTable) -> Bool {
        table.names.bytes(table[layout].vmsdName).elementsEqual("cpu".utf8)
            && word("env.hflags", layout, table) != nil
    }

    private static func fault(_ section: CheckedSection, _ layout: LayoutID, _ context: CheckContext)
        -> Fault?
    {
        let region = context.region
        if let place = word("env.fpregs_format_vmstate", layout, context.table),
            let format = region.bigEndian(UInt16.self, at: section.bodyOffset + place), format != 0
        {
            return Fault(
                code: "cpu-float-format", offset: section.bodyOffset + place,
                line: "Unsupported old non-softfloat CPU state", message: "FPU registers of format \(format)",
                hint: "written by QEMU before 0.15, or damaged")
        }
        guard let place = word("env.hflags", layout, context.table),
            let flags = region.bigEndian(UInt32.self, at: section.bodyOffset + place), flags & guestFlag != 0,
            !hasNestedState(section, context)
        else { return nil }
        return Fault(
            code: "cpu-guest-mode", offset: section.bodyOffset + place,
            line: "vCPU set in guest-mode inconsistent with migrated kernel nested state",
            message: "hflags say that a nested guest runs, and there is no nested state",
            hint: "bytes of this section may be missing before hflags")
    }

    private static func word(_ name: String, _ layout: LayoutID, _ table: LayoutTable) -> Int? {
        table.items(of: layout).first { table.names.bytes($0.name).elementsEqual(name.utf8) }?.offset
    }

    private static func hasNestedState(_ section: CheckedSection, _ context: CheckContext) -> Bool {
        let pattern = Array("cpu/nested_state".utf8)
        return (section.bodyOffset..<max(section.bodyOffset, section.bodyEnd)).contains {
            context.region.byte(at: $0) == SectionType.subsection.rawValue
                && context.region.matches(pattern, at: $0 + 2)
        }
    }
}
