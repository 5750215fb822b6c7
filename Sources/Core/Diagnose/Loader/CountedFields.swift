import Bytes
import Stream

/// Fields whose size another field gives, so that the loader may read more or less than the description says.
/// One entry for each.
package enum CountedFields {
    package struct Rule: Sendable {
        /// The vmstate that contains the field.
        package var structure: String
        package var field: String
        /// The field that gives its size, as `vmstate:field`.
        package var decidedBy: String
        /// The preceding field, which gives its place when a description omits it.
        package var after: String
        /// Returns the number of bytes for a value.
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

    // QEMU uses signed 32-bit counts, and reads nothing for a negative number.
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

    /// Whether a vmstate contains such a field, or gives the size of one.
    package static func has(_ structure: String) -> Bool { structures.contains(structure) }

    /// Whether `vmstate:field` gives the size of another field.
    package static func decides(_ name: String) -> Bool { deciders.contains(name) }

    /// Returns the rule for `vmstate:field`.
    package static func rule(of name: String) -> Rule? { byField[name] }

    /// Returns the rule for the field that may follow `vmstate:field`.
    package static func rule(after name: String) -> Rule? { byPlace[name] }
}

/// The values of fields that give the size of others, in a section.
package struct CountedReading {
    private struct ReadField {
        package var value: UInt64
        package var offset: Int
        package var size: Int
    }

    private var places: [String: ReadField] = [:]
    /// A field whose value contradicts the sizes in the description.
    package private(set) var contradiction: (offset: Int, size: Int, name: String)?

    /// Stores a deciding value. `offset` is from the start of the stream; numbers are big-endian.
    package mutating func note(_ name: String, at offset: Int, size: Int, _ region: MappedRegion) {
        guard CountedFields.decides(name), (1...8).contains(size) else { return }
        places[name] = ReadField(
            value: region.span(offset..<offset + size).bigEndianValue, offset: offset, size: size)
    }

    /// Returns the number of bytes that the loader reads for a field; nil when the described size holds.
    package mutating func size(of name: String, described size: Int) -> Int? {
        CountedFields.rule(of: name).flatMap { told($0, described: size) }
    }

    /// Returns the number of bytes of an undescribed field after `name`; nil when there is none.
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
