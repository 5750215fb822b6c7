import Stream

/// A message that QEMU prints when a load fails: what it means, and where to look.
package struct CatalogueEntry: Sendable {
    /// Where the message points to. Numbers are those of the values in the pattern.
    package enum Place: Sendable {
        case nowhere
        /// A byte of the header.
        case header(Int)
        case path(String)
        /// A section by its idstr; with its instance where the message has it.
        case section(name: Int, instance: Int?)
        case sectionNamed(String)
        case sectionID(Int)
        /// The footer of the section with that idstr.
        case footer(Int)
        case ramBlock(Int)
        case ram
        /// A vmstate: a section's, or a subsection.
        case structure(Int)
        /// Fields that must be equal, by the stream's value.
        case equalField(Int)
        case limitedField(Int)
        /// A byte of a PCI configuration: place and value.
        case configuration(Int, Int)
        /// The features of a virtio device; a field inside `virtio`.
        case virtioFeatures
        case virtioField(String)
        case end
        case commands
    }

    package var code: String
    package var pattern: MessagePattern
    /// For findings and the man page; `%1` is the first value.
    package var cause: String
    package var advice: String
    package var place: Place

    package init(
        _ code: String, _ pattern: String, _ cause: String, try advice: String = "",
        at place: Place = .nowhere
    ) {
        self.code = code
        self.pattern = MessagePattern(pattern)
        self.cause = cause
        self.advice = advice
        self.place = place
    }

    /// `cause` with the values in it.
    package func cause(_ values: [String]) -> String { Self.filled(cause, values) }
    package func advice(_ values: [String]) -> String { Self.filled(advice, values) }

    private static func filled(_ text: String, _ values: [String]) -> String {
        var result = ""
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            let next = rest.index(after: percent)
            guard next < rest.endIndex, let number = rest[next].wholeNumberValue, number >= 1,
                number <= values.count
            else {
                result += "%"
                rest = rest[next...]
                continue
            }
            result += values[number - 1]
            rest = rest[rest.index(after: next)...]
        }
        return result + rest
    }
}

/// What the last line's strerror text stands for in a failed load.
package enum FailureReason {
    /// strerror's text of a negative errno, which `loadvm` prints; the number where it is none of a load's.
    package static func text(_ number: String) -> String { failures[number]?.rawValue ?? number }

    private static let failures: [String: QEMULog.Failure] = [
        "-1": .notPermitted, "-2": .noEntry, "-5": .inputOutput, "-11": .unavailable, "-12": .noMemory,
        "-22": .invalid, "-34": .outOfRange, "-95": .notSupported,
    ]

    package static func meaning(_ text: String) -> String {
        switch QEMULog.Failure(rawValue: text) {
        case .notPermitted: "a check of a device said no (nothing to do with rights)"
        case .noEntry: "a subsection that the target does not know (nothing to do with files)"
        case .inputOutput: "the stream ended, or could not be read"
        case .invalid: "a check failed"
        case .notSupported: "the version in the header is not 3"
        case .noMemory: "the target has not enough memory"
        case .unavailable: "a package of postcopy is shorter than it says"
        case .outOfRange, .aborted, nil: text
        }
    }
}
