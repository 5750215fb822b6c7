import Format

/// The processor family of a guest, known by the registers that its CPUs save.
package enum Architecture: String, Sendable {
    case x86, arm, riscv, s390, ppc, m68k, loongArch

    /// A field of the `cpu` section that only this family has (target/*/machine.c, 7.2 and 10.0).
    static let marks: [(Architecture, String)] = [
        (.x86, "env.eflags"), (.arm, "cpreg_vmstate_indexes"), (.riscv, "env.satp"), (.s390, "env.psw.mask"),
        (.ppc, "env.nip"), (.m68k, "env.dregs"), (.loongArch, "env.CSR_CRMD"),
    ]

    /// The family by the fields that a description lists for a CPU; nil if unknown. O(devices).
    package init?(_ description: Description?, _ table: LayoutTable) {
        guard
            let cpu = description?.devices.first(where: {
                table.names.bytes($0.name).elementsEqual("cpu".utf8)
            }),
            let found = Self.marks.first(where: { mark in
                table.items(of: cpu.layout).contains {
                    table.names.bytes($0.name).elementsEqual(mark.1.utf8)
                }
            })
        else { return nil }
        self = found.0
    }

    /// Whether devices without VERSION_1 have big-endian words unless the guest sets otherwise:
    /// TARGET_BIG_ENDIAN of QEMU's target.
    package var isBigEndian: Bool { [.s390, .ppc, .m68k].contains(self) }
}
