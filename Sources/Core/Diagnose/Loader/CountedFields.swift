import Bytes
import Stream

/// Fields whose size another field gives, so that the loader may read more or less than a description has. One
/// entry each.
package enum CountedFields {
    package struct Rule: Sendable {
        /// The vmstate that has the field.
        package var structure: String
        package var field: String
        /// What gives its size, as `vmstate:field`.
        package var decidedBy: String
        /// The field in front of it, which gives its place where a description lacks it.
        package var after: String
        /// Bytes for a value.
        package var size: @Sendable (UInt64) -> Int
    }

    package static let all: [Rule] = [
        // hw/ide/core.c vmstate_ide_drive
        Rule(
            structure: "ide_drive", field: "identify_data", decidedBy: "ide_drive:identify_set",
            after: "identify_set", size: { $0 != 0 ? 512 : 0 }),
        // hw/timer/hpet.c vmstate_hpet
        Rule(
            structure: "hpet", field: "timer", decidedBy: "hpet:num_timers", after: "num_timers",
            size: { count($0, of: 42) }),
        // hw/intc/openpic.c vmstate_openpic
        Rule(
            structure: "openpic", field: "src", decidedBy: "openpic:max_irq", after: "max_irq",
            size: { count($0, of: 20) }),
        // hw/pci/pcie_aer.c vmstate_pcie_aer_log
        Rule(
            structure: "PCIE_AER_ERROR_LOG", field: "log", decidedBy: "PCIE_AER_ERROR_LOG:log_num",
            after: "log_max", size: { count($0, of: 40) }),
        // hw/net/vmxnet3.c vmxstate_vmxnet3_mcast_list
        Rule(
            structure: "vmxnet3/mcast_list", field: "mcast_list",
            decidedBy: "vmxnet3:mcast_list_buff_size", after: "", size: { count($0, of: 1) }),
    ]

    // QEMU counts in 32 bits with a sign, and takes nothing for a negative number.
    private static func count(_ value: UInt64, of size: Int) -> Int {
        max(0, Int(Int32(truncatingIfNeeded: value))).multipliedSaturated(by: size)
    }

    private static let deciders = Set(all.map(\.decidedBy))
    private static let structures = Set(all.map(\.structure) + all.map { vmstate($0.decidedBy) })
    private static let byField = Dictionary(
        all.map { ("\($0.structure):\($0.field)", $0) }, uniquingKeysWith: { first, _ in first })
    private static let byPlace = Dictionary(
        all.map { ("\($0.structure):\($0.after)", $0) }, uniquingKeysWith: { first, _ in first })

    private static func vmstate(_ name: String) -> String {
        name.split(separator: ":").first.map(String.init) ?? ""
    }

    /// Whether a vmstate has such a field, or gives the size of one.
    package static func has(_ structure: String) -> Bool { structures.contains(structure) }

    /// Whether `vmstate:field` gives the size of another one.
    package static func decides(_ name: String) -> Bool { deciders.contains(name) }

    /// The rule of `vmstate:field`.
    package static func rule(of name: String) -> Rule? { byField[name] }

    /// The rule of the field that follows `vmstate:field` where it is there.
    package static func rule(after name: String) -> Rule? { byPlace[name] }
}

/// What fields that give the size of others have said in a section.
package struct CountedReading {
    private struct ReadField {
        package var value: UInt64
        package var offset: Int
        package var size: Int
    }

    private var places: [String: ReadField] = [:]
    /// A field that says other sizes than the description.
    package private(set) var contradiction: (offset: Int, size: Int, name: String)?

    /// Keeps a value that decides. `offset` is from the start of the stream; numbers are big-endian.
    package mutating func note(_ name: String, at offset: Int, size: Int, _ region: MappedRegion) {
        guard CountedFields.decides(name), (1...8).contains(size) else { return }
        places[name] = ReadField(
            value: region.span(offset..<offset + size).bigEndianValue, offset: offset, size: size)
    }

    /// Bytes that the loader reads of a field; nil where those of the description are as good.
    package mutating func size(of name: String, described size: Int) -> Int? {
        CountedFields.rule(of: name).flatMap { told($0, described: size) }
    }

    /// Bytes of a field that follows `name` and is not described; nil where none is there.
    package mutating func size(after name: String, isDescribed: (String) -> Bool) -> Int? {
        guard let rule = CountedFields.rule(after: name), !isDescribed(rule.field) else { return nil }
        return told(rule, described: 0)
    }

    private mutating func told(_ rule: CountedFields.Rule, described size: Int) -> Int? {
        guard let place = places[rule.decidedBy] else { return nil }
        let wanted = rule.size(place.value)
        guard wanted != size else { return nil }
        contradiction = contradiction ?? (place.offset, place.size, rule.decidedBy)
        return wanted
    }
}
