/// One thing that two streams do not have in common.
package struct Difference: Sendable, Equatable {
    /// What differs; in this order they are written.
    package enum Subject: String, Sendable, CaseIterable {
        /// Machine type, page size, capabilities.
        case machine
        case section
        /// The version of a section, a subsection or a struct.
        case version
        case subsection
        /// Name, type, size or count of a field.
        case field
        case value
        /// A RAM block, or pages of one.
        case ram
    }

    package enum Change: String, Sendable {
        /// Only the first stream has it.
        case removed
        /// Only the second stream has it.
        case added
        case changed

        /// The mark that opens a line.
        package var mark: String {
            switch self {
            case .removed: "-"
            case .added: "+"
            case .changed: "~"
            }
        }
    }

    package var subject: Subject
    package var change: Change
    /// As `tree` takes it; `[]` represents all elements of an array.
    package var path: String
    /// What the first and the second stream have there. Escaped; empty for what is not there.
    package var left: String
    package var right: String
    /// The bytes in the first and the second stream, where they are known.
    package var leftRange: Range<Int>?
    package var rightRange: Range<Int>?
    /// Other sections that differ in the same way.
    package var also: [String] = []
    /// A clock, a timer or a counter: it differs between any two streams.
    package var isNoise = false

    package init(
        _ subject: Subject, _ change: Change, _ path: String, _ left: String = "", _ right: String = ""
    ) {
        self.subject = subject
        self.change = change
        self.path = path
        self.left = left
        self.right = right
    }
}
