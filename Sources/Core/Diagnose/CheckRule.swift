/// A family of rules: one file, and one line in `CheckRules.all`.
protocol CheckRule: Sendable {
    /// Adds what the family has to say. Must not read more than once through RAM.
    static func check(_ context: inout CheckContext)
}

/// The registry of rules, in the order in which they run; the findings are sorted by place afterwards.
enum CheckRules {
    static let all: [any CheckRule.Type] = [
        ConfigurationRules.self, SectionRules.self, CommandRules.self, RAMBlockRules.self,
        RAMRecordRules.self,
        BodyRules.self, EndRules.self, EqualityRules.self, PCIRules.self, VirtIORules.self,
        ProcessorRules.self,
        RangeRules.self, StructureRules.self, PaddingRules.self, DumpRules.self,
    ]
}

/// `migscope check`: what is wrong with a stream, and why a target would refuse it.
public struct Check {
    private let document: Document
    private let target: Document?
    private let dump: TargetDump?

    /// - Parameters:
    ///   - like: a stream of the machine that should load this one.
    ///   - against: what that machine's QEMU prints for `-dump-vmstate`.
    ///
    /// A document without a description borrows that of `like`.
    public init(_ document: Document, like target: Document? = nil, against dump: TargetDump? = nil) {
        self.document = Self.described(document, target)
        self.target = target
        self.dump = dump
    }

    private static func described(_ document: Document, _ target: Document?) -> Document {
        guard document.description == nil, let target, target.description != nil else { return document }
        var options = OpenOptions()
        options.description = try? BorrowedDescription(region: target.region, path: target.overview.fileName)
        guard options.description != nil else { return document }
        return
            (try? Document.open(region: document.region, name: document.overview.fileName, options: options))
            ?? document
    }

    /// All findings, in the order of the stream. O(stream): reads the headers of RAM records.
    public func findings() -> [Finding] {
        document.openLivePart()
        // Without a description, or after the switch to postcopy, the devices are in the live part.
        if let target, !target.records.contains(where: { $0.kind == .full }) { target.openLivePart() }
        var context = CheckContext(document: document, target: target, dump: dump)
        for rule in CheckRules.all { rule.check(&context) }
        return FindingMerge.merged(
            opening: document.findings, rules: context.findings, SectionRanges(context.sections))
    }

    /// What QEMU says to the file at `path` when it is no stream; nil where opening fails for another reason.
    public static func refusal(path: String) -> [Finding]? {
        do throws(OpenError) {
            _ = try Document.open(path: path)
            return nil
        } catch {
            guard case .notAStream = error, let region = try? MappedRegion.open(path: path) else {
                return nil
            }
            let findings = HeaderRules.refusal(region)
            return findings.isEmpty ? nil : findings
        }
    }
}
