/// A family of rules: one file, and one line in `CheckRules.all`.
package protocol CheckRule: Sendable {
    /// Adds what the family has to say. Must not read more than once through RAM.
    static func check(_ context: inout CheckContext)
}

/// A family that reads through RAM, which takes long: in steps.
package protocol SteppedCheckRule: CheckRule {
    /// The work, which adds to `context` as it goes on.
    static func begin(_ context: CheckContext) -> any CheckWork
}

/// Work of a rule in steps.
package protocol CheckWork {
    var isFinished: Bool { get }
    /// From 0 to 1.
    var progress: Double { get }
    /// Does about `budget` records more.
    mutating func step(budget: Int, _ context: inout CheckContext)
}

extension SteppedCheckRule {
    package static func check(_ context: inout CheckContext) {
        var work = begin(context)
        while !work.isFinished { work.step(budget: .max, &context) }
    }
}
