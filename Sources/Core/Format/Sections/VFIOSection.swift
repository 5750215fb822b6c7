import Bytes

/// `<path>/vfio`: the state of a passed-through device (hw/vfio/migration.c, 5.2 to 11.1).
///
/// The data is the vendor's; QEMU frames it by tags. A FULL section of the same idstr contains the
/// configuration.
package struct VFIOSection: LiveSection {
    package init() {}

    package static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool {
        idstr.elementsEqual("vfio".utf8) || idstr.suffix(5).elementsEqual("/vfio".utf8)
    }

    package mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch) {
        type == .full ? try configuration(&reader) : try tags(&reader)
    }

    private func tags(_ reader: inout LeafReader) throws(Mismatch) {
        reader.begin(.array)
        for _ in 0..<LiveSections.chunkLimit {
            switch try VFIOTag(reader) {
            case .deviceData:
                reader.begin()
                try VFIOTag.read(&reader)
                let size = try reader.integer("size", as: UInt64.self)
                try reader.bytes("data", count: Int(clamping: size))
                reader.end("", "chunk")
            case .setupState:
                reader.end("data", "struct")
                try VFIOTag.read(&reader)
                reader.begin(.array)
            case .endOfState, .initialDataSent:
                reader.end("data", "struct")
                return try VFIOTag.read(&reader)
            case .configuration: throw reader.mismatch("a tag of a live section")
            }
        }
        throw reader.mismatch("the end of the device's state")
    }

    // The VMState between the tags has no length; it ends with the section.
    private func configuration(_ reader: inout LeafReader) throws(Mismatch) {
        guard try VFIOTag(reader) == .configuration, reader.left >= 16 else {
            throw reader.mismatch("the configuration of the device")
        }
        try VFIOTag.read(&reader)
        try reader.bytes("configuration", count: reader.left - 8)
        guard try VFIOTag(reader) == .endOfState else {
            throw reader.mismatch("the end of the device's state")
        }
        try VFIOTag.read(&reader)
    }
}

/// A tag of a VFIO stream; its high half is all ones.
package enum VFIOTag: UInt64 {
    case endOfState = 0xffff_ffff_ef10_0001
    case configuration = 0xffff_ffff_ef10_0002
    case setupState = 0xffff_ffff_ef10_0003
    case deviceData = 0xffff_ffff_ef10_0004
    /// Since 8.1; nothing follows it in its section.
    case initialDataSent = 0xffff_ffff_ef10_0005

    /// Reads the tag at the reader's position without advancing.
    package init(_ reader: LeafReader) throws(Mismatch) {
        guard reader.left >= 8, let word = reader.region.bigEndian(UInt64.self, at: reader.position),
            let tag = VFIOTag(rawValue: word)
        else { throw reader.mismatch("a VFIO tag") }
        self = tag
    }

    package static func read(_ reader: inout LeafReader) throws(Mismatch) {
        try reader.integer("tag", as: UInt64.self, type: "vfio tag")
    }

    /// QEMU's word for it.
    package var label: String {
        switch self {
        case .endOfState: "END_OF_STATE"
        case .configuration: "DEV_CONFIG_STATE"
        case .setupState: "DEV_SETUP_STATE"
        case .deviceData: "DEV_DATA_STATE"
        case .initialDataSent: "DEV_INIT_DATA_SENT"
        }
    }
}
