import Bytes
import Format

/// The vmstates of a `-dump-vmstate`, in place of a missing description.
package struct DumpLayouts {
    package let dump: TargetDump

    package init(dump: TargetDump) {
        self.dump = dump
    }

    /// The result of fitting a vmstate to a section.
    package enum Outcome {
        /// There is exactly one way to read it.
        case exact(LayoutID)
        /// There are several ways; this is one of them.
        case ambiguous(LayoutID)
        /// There is no way beyond this place.
        case unfit(Mismatch)
    }

    /// Fits the body of a section; nil for other records, or if the dump has no vmstate for the idstr.
    /// O(`DumpFit`).
    package func outcome(
        of record: SectionRecord, _ body: Range<Int>, _ region: MappedRegion, table: LayoutTable
    ) -> Outcome? {
        guard let version = record.section.map({ Int($0.version) }) else { return nil }
        let candidates = dump.candidates(idstr: table.names.bytes(record.name))
        guard !candidates.isEmpty else { return nil }
        var ambiguous: LayoutID?
        var furthest = DumpFit.Result(furthest: -1)
        for structure in candidates.prefix(Self.candidateLimit) {
            guard
                (structure.minimumVersion...max(structure.version, structure.minimumVersion)).contains(
                    version)
            else { continue }
            var fit = DumpFit(region, body, DumpShapes(structure))
            let result = fit.fit(version: version, table: table)
            if !result.layout.isNone {
                let layout = Self.resolved(result.layout, record, body, region, table)
                if !result.isAmbiguous { return .exact(layout) }
                ambiguous = ambiguous ?? layout
            } else if result.furthest > furthest.furthest {
                furthest = result
            }
        }
        if let ambiguous { return .ambiguous(ambiguous) }
        return .unfit(Self.mismatch(furthest, version, body, table.names.text(record.name)))
    }

    // Resolves the content of fields of variable length.
    private static func resolved(
        _ layout: LayoutID, _ record: SectionRecord, _ body: Range<Int>, _ region: MappedRegion,
        _ table: LayoutTable
    ) -> LayoutID {
        guard table[layout].needsResolution else { return layout }
        var resolver = Resolver(region: region, section: record.name, table: table)
        return resolver.resolve(layout, at: body.lowerBound, size: body.count)
    }

    // The maximum number of candidates: several devices share a vmstate's name.
    private static let candidateLimit = 16

    private static func mismatch(
        _ result: DumpFit.Result, _ version: Int, _ body: Range<Int>, _ name: String
    ) -> Mismatch {
        guard result.furthest >= 0 else {
            return Mismatch(
                offset: body.lowerBound, size: body.count, expected: "a version of \(name) that the dump has",
                found: "version \(version)")
        }
        let field = result.furthestField.isEmpty ? "the end" : "field \(result.furthestField)"
        return Mismatch(
            offset: min(result.furthest, body.upperBound), size: 0, expected: "\(field) of \(name) to fit",
            found: "\(body.upperBound - min(result.furthest, body.upperBound)) bytes left in the section")
    }
}

extension StreamNote {
    /// Reports that the bytes of a section can be read in several ways.
    package static func ambiguous(_ record: SectionRecord, _ body: Range<Int>, name: String) -> StreamNote {
        StreamNote(
            code: .sectionAmbiguous,
            mismatch: Mismatch(
                offset: body.lowerBound, size: body.count, expected: "one reading of \(name) in the dump",
                found: "several: one of them is shown"),
            hint: "use the description of another stream of the machine", severity: .note)
    }
}
