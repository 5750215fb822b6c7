import ArgumentParser

/// Whether a file that is there already may be replaced.
struct OverwriteArgument: ParsableArguments {
    @Flag(help: "Replace OUT where it exists; an input is never replaced.")
    var force = false
}
