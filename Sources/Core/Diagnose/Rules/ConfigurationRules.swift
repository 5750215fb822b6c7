import Bytes
import Format
import Stream

/// Machine type, capabilities, page size and UUID (migration/savevm.c vmstate_configuration, 7.2 and 10.0).
package enum ConfigurationRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        unknownSubsection(&context)
        if let local = context.dump?.machine {
            machine(&context, local: Array(local.utf8), certainty: .certain)
        }
        guard let target = context.target else { return }
        if let local = target.state.machine {
            guard context.region.byte(at: 8) == SectionType.configuration.rawValue else {
                return missing(&context)
            }
            if context.dump?.machine == nil {
                machine(&context, local: Array(target.table.names.bytes(local)), certainty: .certain)
            }
        }
        pageBits(&context, target)
        for name in ["x-ignore-shared", "mapped-ram"] { capability(name, &context, target) }
        uuid(&context, target)
    }

    private static func missing(_ context: inout CheckContext) {
        context.add(
            .error, .configurationMissing, at: 8, size: 1,
            "expected 07 (CONFIGURATION), found another section",
            hint:
                "the source's machine type is 2.3 or older: start the destination with the same machine type",
            qemu: .noConfiguration(context.region.byte(at: 8) ?? 0))
    }

    // QEMU compares as many characters as it received, so a longer local name of equal start passes.
    private static func machine(_ context: inout CheckContext, local: [UInt8], certainty: Finding.Certainty) {
        guard let name = context.document.state.machine else { return }
        let received = Array(context.table.names.bytes(name))
        guard !local.starts(with: received) else { return }
        let place = context.document.range(ofPath: "configuration/name") ?? 13..<13 + received.count
        let (here, there) = (DisplayText.escaped(bytes: received), DisplayText.escaped(bytes: local))
        context.add(
            .error, .machine, at: place.lowerBound, size: place.count,
            "machine type is \(here), the destination's is \(there)",
            hint: "start the destination with -machine \(here)",
            qemu: .machine(here, local: there),
            certainty: certainty)
    }

    private static func pageBits(_ context: inout CheckContext, _ target: Document) {
        guard let received = context.document.state.targetPageBits, let local = target.state.targetPageBits,
            received != local
        else { return }
        let place = context.document.range(
            ofPath: "configuration/configuration%2ftarget-page-bits/target_page_bits")
        context.add(
            .error, .pageBits, at: place?.lowerBound ?? 8, size: place?.count ?? 0,
            "pages have \(received) bits, the destination's \(local)",
            hint: "use a CPU model of the same page size",
            qemu: .pageBits(received, local: local))
    }

    private static func capability(_ name: String, _ context: inout CheckContext, _ target: Document) {
        func has(_ document: Document) -> Bool {
            document.state.capabilities.contains { document.table.names.bytes($0).elementsEqual(name.utf8) }
        }
        let (received, local) = (has(context.document), has(target))
        guard received != local else { return }
        let place = context.document.range(ofPath: "configuration/configuration/capabilities")
        let words = (local ? "on" : "off", received ? "on" : "off")
        context.add(
            .error, .capability, at: place?.lowerBound ?? 8, size: place?.count ?? 0,
            "capability \(name) is \(words.1), at the destination \(words.0)",
            hint: "set capability \(name) \(words.1) at the destination",
            qemu: .capability(name, local: words.0, received: words.1))
    }

    private static func uuid(_ context: inout CheckContext, _ target: Document) {
        let path = "configuration/configuration%2fuuid/uuid.data"
        guard let received = context.document.range(ofPath: path), let local = target.range(ofPath: path)
        else {
            return
        }
        let (here, there) = (context.region.copy(received), target.region.copy(local))
        guard here != there else { return }
        context.add(
            .error, .uuid, at: received.lowerBound, size: received.count,
            "UUID is \(text(here)), the destination's is \(text(there))",
            hint: "start the destination with -uuid \(text(here))",
            qemu: .uuid(text(here), local: text(there)))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let parts = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
        return parts.filter { $0.upperBound <= bytes.count }.map { Hex.dump(bytes[$0], separator: "") }
            .joined(separator: "-")
    }

    // What opening could not read of the configuration.
    private static func unknownSubsection(_ context: inout CheckContext) {
        guard let record = context.document.records.first(where: { $0.kind == .configuration }),
            context.region.byte(at: record.end) == SectionType.subsection.rawValue,
            let header = SubsectionHeader(context.region, at: record.end, limit: context.region.count),
            context.region.matches("configuration", at: header.name.lowerBound)
        else { return }
        let name = DisplayText.escaped(bytes: context.region.copy(header.name))
        context.add(
            .error, .subsectionUnknown, at: header.name.lowerBound, size: header.name.count,
            "subsection \(name) is not one that a QEMU known here has",
            hint: "the source is newer, or these bytes are damaged",
            qemu: QEMULog([], cause: .unknownSubsection(name: name, parent: "configuration"), .noEntry))
    }
}

extension Document {
    /// The bytes of the node that a path names; nil where there is none.
    package func range(ofPath text: String) -> Range<Int>? { path(text: text).map { node($0).range } }
}
