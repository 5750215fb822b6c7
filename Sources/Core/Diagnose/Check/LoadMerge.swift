import Bytes

/// Merges the findings of the rules with the outcome of the simulated load: the loader's first message
/// becomes an error, and findings that the loader passes are downgraded.
package enum LoadMerge {
    /// Codes that the simulated load confirms or refutes when there is a target.
    private static let decided: Set<FindingCode> = [
        .configurationMissing, .sectionType, .sectionUnopened, .sectionCut, .sectionUnknown,
        .sectionSize, .sectionFormat, .footerMissing, .footerID, .subsectionUnknown,
        .subsectionVersion, .virtioFormat, .fieldEqual, .fieldLE, .pciConfig, .machine,
        .pageBits, .sectionMissing,
    ]

    /// Codes for differences from the target: a refuted one leaves nothing wrong with the bytes.
    private static let compared: Set<FindingCode> = [
        .fieldEqual, .fieldLE, .pciConfig, .machine, .pageBits, .sectionUnknown, .virtioFeatures,
        .virtioFormat,
    ]

    /// Parts that only the target has; they come after everything that QEMU refuses.
    private static let absent: Set<FindingCode> = [.sectionAbsent, .ramBlockAbsent]

    package static func merged(_ findings: [Finding], _ outcome: LoadOutcome, isSure: Bool)
        -> [Finding]
    {
        let result =
            switch outcome {
            case .unknown: findings
            case .loads: findings.map { isSure || $0.code == .sectionMissing ? passed($0) : $0 }
            case .stops(let stop): stopped(stop, findings, isSure: isSure)
            }
        return result.filter { !absent.contains($0.code) } + result.filter { absent.contains($0.code) }
    }

    private static func stopped(
        _ stop: LoadStop, _ findings: [Finding], isSure: Bool
    ) -> [Finding] {
        var result = findings.filter { !isConsequence($0, of: stop) }
        let chosen =
            result.firstIndex { $0.qemu == stop.qemu && stop.range.touches($0.offset) }
            ?? nearest(stop, result)
        // Earlier findings, and other findings about the same bytes.
        for index in result.indices
        where index != chosen && isSure && result[index].offset < stop.range.upperBound {
            result[index] = passed(result[index])
        }
        // The loader reports only one error for a section.
        for index in result.indices
        where index != chosen && isSure && stop.range.contains(result[index].offset) {
            result[index] = unreached(result[index])
        }
        if let chosen {
            result[chosen] = certain(result[chosen], stop.qemu)
        } else {
            let place = result.firstIndex { $0.offset > stop.offset } ?? result.count
            result.insert(finding(stop), at: place)
        }
        return result
    }

    // A part that opening could not read, without QEMU's message, is where the loader stops.
    private static func isConsequence(_ finding: Finding, of stop: LoadStop) -> Bool {
        guard finding.qemu.isEmpty else { return false }
        switch finding.code {
        case .gap:
            let end = finding.offset + finding.size
            return (finding.offset...end).contains(stop.offset)
                || (finding.offset..<end).overlaps(stop.range)
        case .sectionCut, .sectionMissing:
            return finding.offset > stop.range.lowerBound && stop.range.touches(finding.offset)
        default: return false
        }
    }

    // Returns a finding about the same problem: in the same section, preferably with the same code.
    private static func nearest(_ stop: LoadStop, _ findings: [Finding]) -> Int? {
        let here = findings.indices.filter {
            stop.range.touches(findings[$0].offset) && findings[$0].severity != .note
        }
        return here.first { findings[$0].code == stop.code && findings[$0].severity == .error }
            ?? here.first { shifted.contains(findings[$0].code) }
    }

    // For shifted bytes in a section, the rule knows the place better than the loader.
    private static let shifted: Set<FindingCode> = [.sectionSize, .virtioFormat, .sectionFormat]

    private static func passed(_ finding: Finding) -> Finding {
        let isCompared = compared.contains(finding.code)
        guard isCompared || decided.contains(finding.code), isCompared || finding.severity == .error,
            !finding.qemu.isEmpty || finding.code == .sectionMissing
        else { return finding }
        return Finding(
            isCompared ? .note : .warning, finding.code, offset: finding.offset, size: finding.size,
            path: finding.path,
            message: finding.message, hint: finding.hint, certainty: .possible)
    }

    // Another error in the section stops the loader first.
    private static func unreached(_ finding: Finding) -> Finding {
        guard finding.severity == .error, !finding.qemu.isEmpty else { return finding }
        return Finding(
            .warning, finding.code, offset: finding.offset, size: finding.size, path: finding.path,
            message: finding.message, hint: finding.hint, certainty: .possible)
    }

    private static func certain(_ finding: Finding, _ qemu: String) -> Finding {
        Finding(
            .error, finding.code, offset: finding.offset, size: finding.size, path: finding.path,
            message: finding.message, hint: finding.hint, qemu: qemu)
    }

    private static func finding(_ stop: LoadStop) -> Finding {
        Finding(
            .error, stop.code, offset: stop.offset, size: stop.size, path: stop.path, message: stop.message,
            hint: stop.hint, qemu: stop.qemu)
    }
}

extension Range<Int> {
    /// Whether an offset is inside the range or at its end.
    fileprivate func touches(_ offset: Int) -> Bool { contains(offset) || offset == upperBound }
}
