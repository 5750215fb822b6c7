/// A note of an ELF core, which describes a CPU to debuggers.
package struct CoreNote: Sendable, Equatable {
    package var name: String
    package var type: UInt32
    package var content: [UInt8]
}

/// The format of an ELF file.
package struct ELFFormat: Sendable, Equatable {
    /// The value of e_machine.
    package var machine: UInt16
    package var is64Bit: Bool
    package var isBigEndian: Bool

    package init(machine: UInt16, is64Bit: Bool, isBigEndian: Bool) {
        self.machine = machine
        self.is64Bit = is64Bit
        self.isBigEndian = isBigEndian
    }
}

/// Writes the integers of an ELF file.
package struct ELFWriter {
    package private(set) var bytes: [UInt8] = []
    package let isBigEndian: Bool

    package mutating func append<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { bytes += $0 }
    }

    package mutating func append(_ more: [UInt8]) { bytes += more }

    /// Appends zeros up to a length in bytes.
    package mutating func pad(to length: Int) {
        bytes += [UInt8](repeating: 0, count: max(0, length - bytes.count))
    }

    /// Appends a note with its header; name and content are padded to a multiple of 4.
    package mutating func append(_ note: CoreNote) {
        append(UInt32(note.name.utf8.count + 1))
        append(UInt32(note.content.count))
        append(note.type)
        bytes += Array(note.name.utf8) + [0]
        pad(to: (bytes.count + 3) / 4 * 4)
        bytes += note.content
        pad(to: (bytes.count + 3) / 4 * 4)
    }
}

/// NT_PRSTATUS: the registers of a CPU in the form of a Linux process dump (target/*/arch_dump.c, 10.0).
package struct ProcessStatus {
    /// Whether registers have 8 bytes instead of 4.
    package var isWide: Bool
    /// The size of the note's content in bytes.
    package var size: Int
    package var registers: [UInt64]

    package static func wide(size: Int, _ registers: [UInt64]) -> ProcessStatus {
        ProcessStatus(isWide: true, size: size, registers: registers)
    }

    package static func narrow(size: Int, _ registers: [UInt64]) -> ProcessStatus {
        ProcessStatus(isWide: false, size: size, registers: registers)
    }

    /// Returns the note; QEMU counts the CPUs from 1. `tail` follows the registers.
    package func note(_ number: UInt32, isBigEndian: Bool = false, tail: [UInt8] = []) -> CoreNote {
        var writer = ELFWriter(isBigEndian: isBigEndian)
        // pr_pid, then pr_reg of struct elf_prstatus.
        writer.pad(to: isWide ? 32 : 24)
        writer.append(number &+ 1)
        writer.pad(to: isWide ? 112 : 72)
        for register in registers {
            if isWide { writer.append(register) } else { writer.append(UInt32(truncatingIfNeeded: register)) }
        }
        writer.append(tail)
        writer.pad(to: size)
        return CoreNote(name: "CORE", type: 1, content: writer.bytes)
    }
}
