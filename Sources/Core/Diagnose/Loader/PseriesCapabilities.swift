import Memory
import Bytes
import Format
import Stream

/// The capabilities that a pseries machine offers its guest (hw/ppc/spapr_caps.c spapr_caps_post_migration,
/// 7.2 to 11.1): the stream may not have a higher level than the target.
///
/// A stream omits a capability at its default level.
enum PseriesCapabilities {
    private struct Capability {
        /// The names of the subsection after `spapr/cap/`.
        var subsections: [String]
        /// The property after `cap-`.
        var property: String
        var usual: UInt8
        /// Whether there are only two levels.
        var isSwitch = true
        /// Whether streams of up to 10.2 contain it at any level.
        var isAlways = false

        /// Returns the default level, given that it is not `value`. The default of sbbc depends on the
        /// processor.
        func usual(unless value: UInt8) -> UInt8 {
            if isAlways { return usual }
            return isSwitch ? 1 - min(value, 1) : value == usual ? 1 - min(usual, 1) : usual
        }
    }

    // In the order in which QEMU checks them, with the defaults of machine types from 4.0 on.
    private static let all = [
        Capability(subsections: ["htm"], property: "htm", usual: 0),
        Capability(subsections: ["vsx"], property: "vsx", usual: 1),
        Capability(subsections: ["dfp"], property: "dfp", usual: 1),
        Capability(subsections: ["cfpc"], property: "cfpc", usual: 1, isSwitch: false),
        Capability(subsections: ["sbbc"], property: "sbbc", usual: 0, isSwitch: false),
        Capability(subsections: ["ibs"], property: "ibs", usual: 1, isSwitch: false),
        Capability(
            subsections: ["hpt_maxpagesize"], property: "hpt-max-page-size", usual: 16, isSwitch: false,
            isAlways: true),
        Capability(subsections: ["nested_kvm_hv"], property: "nested-hv", usual: 0),
        Capability(subsections: ["large_decr"], property: "large-decr", usual: 1),
        Capability(subsections: ["ccf_assist"], property: "ccf-assist", usual: 1),
        Capability(subsections: ["fwnmi"], property: "fwnmi", usual: 1),
        Capability(subsections: ["rpt_invalidate"], property: "rpt-invalidate", usual: 0),
        Capability(subsections: ["ail_mode_3", "ail-mode-3"], property: "ail-mode-3", usual: 1),
        Capability(subsections: ["nested_papr", "nested-papr"], property: "nested-papr", usual: 0),
        Capability(subsections: ["dawr1"], property: "dawr1", usual: 1),
    ]

    /// Returns the reason why the target refuses the section `spapr`; nil when it accepts it.
    static func failure(_ context: CheckContext) -> LoadFailure? {
        guard let target = context.target, let here = StateField.section("spapr", in: context.document.store),
            let there = StateField.section("spapr", in: target.store)
        else { return nil }
        var lines: [String] = []
        var place: (offset: Int, size: Int, message: String)?
        for capability in all {
            let (received, local) = (value(capability, here), value(capability, there))
            guard received != nil || local != nil else { continue }
            // A capability in a stream is not at its default; with two levels, the default is the other one.
            let usual = (received ?? local).map { capability.usual(unless: $0.value) } ?? capability.usual
            let (level, own) = (received?.value ?? usual, local?.value ?? usual)
            guard level > own else { continue }
            lines.append(
                "cap-\(capability.property) higher level (\(level)) in incoming stream than on destination (\(own))"
            )
            place =
                place
                ?? (
                    received?.offset ?? here.offset, received == nil ? 0 : 1,
                    "cap-\(capability.property) is \(level), but the destination has \(own)"
                )
        }
        guard let place else { return nil }
        return LoadFailure(
            kind: .value, offset: place.offset, size: place.size, message: place.message, lines: lines,
            cause: .hook(structure: "spapr", version: 0, minimum: 0, text: "", isInLines: false), chain: [],
            failure: .invalid,
            hint: "raise the property cap-… of the destination's -machine, or lower the source's")
    }

    private static func value(_ capability: Capability, _ section: StateField) -> (value: UInt8, offset: Int)?
    {
        for name in capability.subsections {
            guard let body = section.first(ofStructure: "spapr/cap/\(name)"), body.size > 0,
                let value = body.byte(body.size - 1)
            else { continue }
            return (value, body.offset + body.size - 1)
        }
        return nil
    }
}
