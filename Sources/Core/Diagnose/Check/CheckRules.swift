/// The registry of rules, in running order; the findings are sorted by place afterward.
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

/// The loader's first error: reads the stream as QEMU does. It runs last, since it uses the other rules'
/// findings about live sections.
package enum LoaderRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        var loader = StreamLoader(context)
        context.outcome = loader.run()
    }
}
