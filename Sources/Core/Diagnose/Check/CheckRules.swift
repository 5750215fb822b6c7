/// The registry of rules, in the order in which they run; the findings are sorted by place afterwards.
package enum CheckRules {
    package static let all: [any CheckRule.Type] = [
        ConfigurationRules.self, SectionRules.self, CommandRules.self, RAMBlockRules.self,
        RAMRecordRules.self, PageAttributeRules.self,
        BodyRules.self, EndRules.self, EqualityRules.self, PCIRules.self, VirtIORules.self,
        GuestMemoryRules.self,
        RangeRules.self, ArmRegisterRules.self, StructureRules.self, PaddingRules.self, DumpRules.self,
        LoaderRules.self,
    ]
}

/// What the loader says first: the stream read as QEMU reads it. Comes last, for it takes what the other
/// rules have found of live sections.
package enum LoaderRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        var loader = StreamLoader(context)
        context.outcome = loader.run()
    }
}
