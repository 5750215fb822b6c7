/// A difference between two streams.
package struct Difference: Sendable, Equatable {
    /// The subject of a difference; the output follows this order.
    package enum Subject: String, Sendable, CaseIterable {
        /// Machine type, page size, capabilities.
        case machine
        case section
        /// The version of a section, a subsection or a struct.
        case version
        case subsection
        /// The name, type, size or count of a field.
        case field
        case value
        /// A RAM block, or pages of a block.
        case ram
    }

    package enum Change: String, Sendable {
        /// Only the first stream has it.
        case removed
        /// Only the second stream has it.
        case added
        case changed

        /// The mark at the start of a line.
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
    /// The path as `tree` takes it; `[]` means all elements of an array.
    package var path: String
    /// The values in the first and the second stream. Escaped; empty when absent.
    package var left: String
    package var right: String
    /// The byte ranges in the first and the second stream, if known.
    package var leftRange: Range<Int>?
    package var rightRange: Range<Int>?
    /// Other sections with the same difference.
    package var also: [String] = []
    /// Whether it is a clock, a timer or a counter, which differs between any two streams.
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
