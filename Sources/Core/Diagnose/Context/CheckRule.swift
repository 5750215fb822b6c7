/// A family of rules: one file, and one line in `CheckRules.all`.
package protocol CheckRule: Sendable {
    /// Adds the findings of the family. It must not read through RAM more than once.
    static func check(_ context: inout CheckContext)
}

/// A family that reads through RAM, which takes long, and therefore runs in steps.
package protocol SteppedCheckRule: CheckRule {
    /// Begins the work, which adds to `context` in each step.
    static func begin(_ context: CheckContext) -> any CheckWork
}

/// The work of a stepped rule.
package protocol CheckWork {
    var isFinished: Bool { get }
    /// The progress, from 0 to 1.
    var progress: Double { get }
    /// Processes about `budget` more records.
    mutating func step(budget: Int, _ context: inout CheckContext)
}

extension SteppedCheckRule {
    package static func check(_ context: inout CheckContext) {
        var work = begin(context)
        while !work.isFinished { work.step(budget: .max, &context) }
    }
}
