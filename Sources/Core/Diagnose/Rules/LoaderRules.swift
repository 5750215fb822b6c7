/// What the loader says first: the stream read as QEMU reads it. Comes last, for it takes what the other
/// rules have found of live sections.
package enum LoaderRules: CheckRule {
    package static func check(_ context: inout CheckContext) {
        var loader = StreamLoader(context)
        context.outcome = loader.run()
    }
}
