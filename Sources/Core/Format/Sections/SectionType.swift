import Bytes

/// The byte at the start of a section (migration/savevm.h QEMU_VM_*, 10.0).
package enum SectionType: UInt8, Sendable {
    case endOfFile = 0x00
    case start = 0x01
    case part = 0x02
    case end = 0x03
    case full = 0x04
    case subsection = 0x05
    case description = 0x06
    case configuration = 0x07
    case command = 0x08
    case footer = 0x7e

    /// Whether its header has an idstr, an instance id and a version id.
    package var isNamed: Bool { self == .start || self == .full }

    /// QEMU's word for it.
    package var label: String {
        switch self {
        case .endOfFile: "EOF"
        case .start: "START"
        case .part: "PART"
        case .end: "END"
        case .full: "FULL"
        case .subsection: "SUBSECTION"
        case .description: "VMDESCRIPTION"
        case .configuration: "CONFIGURATION"
        case .command: "COMMAND"
        case .footer: "FOOTER"
        }
    }
}

/// A command of the stream (migration/savevm.c enum qemu_vm_cmd, 10.0).
package enum CommandKind: UInt16, Sendable {
    case invalid, openReturnPath, ping, postcopyAdvise, postcopyListen, postcopyRun, postcopyRAMDiscard
    case packaged, enableCOLO, postcopyResume, receiveBitmap, switchoverStart

    /// Creates a command from the name that QEMU prints.
    package init?(label: String) {
        guard
            let kind = (0...CommandKind.switchoverStart.rawValue).lazy.compactMap(CommandKind.init(rawValue:))
                .first(where: { $0.label == label })
        else { return nil }
        self = kind
    }

    package var label: String {
        switch self {
        case .invalid: "INVALID"
        case .openReturnPath: "OPEN_RETURN_PATH"
        case .ping: "PING"
        case .postcopyAdvise: "POSTCOPY_ADVISE"
        case .postcopyListen: "POSTCOPY_LISTEN"
        case .postcopyRun: "POSTCOPY_RUN"
        case .postcopyRAMDiscard: "POSTCOPY_RAM_DISCARD"
        case .packaged: "PACKAGED"
        case .enableCOLO: "ENABLE_COLO"
        case .postcopyResume: "POSTCOPY_RESUME"
        case .receiveBitmap: "RECV_BITMAP"
        case .switchoverStart: "SWITCHOVER_START"
        }
    }
}

/// The header of a START or FULL section.
package struct SectionHeader {
    package var id: UInt32
    package var name: Range<Int>
    package var instance: UInt32
    package var version: UInt32
    /// The size of the header in bytes.
    package var size: Int { SectionFrames.headerSize(nameLength: name.count) }

    /// Reads the header at `offset`; nil if the region ends inside it or the idstr is empty.
    package init?(_ region: MappedRegion, at offset: Int) {
        guard let id = region.bigEndian(UInt32.self, at: offset + 1),
            let length = region.byte(at: offset + 5), length > 0,
            let instance = region.bigEndian(UInt32.self, at: offset + 6 + Int(length)),
            let version = region.bigEndian(UInt32.self, at: offset + 10 + Int(length))
        else { return nil }
        self.id = id
        name = offset + 6..<offset + 6 + Int(length)
        self.instance = instance
        self.version = version
    }
}
