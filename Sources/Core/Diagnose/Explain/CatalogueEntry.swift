/// A message that QEMU prints when a load fails: what it means, and where to look.
struct CatalogueEntry: Sendable {
    /// Where the message points to. Numbers are those of the values in the pattern.
    enum Place: Sendable {
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

    var code: String
    var pattern: MessagePattern
    /// For findings and the man page; `%1` is the first value.
    var cause: String
    var advice: String
    var place: Place

    init(
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
    func cause(_ values: [String]) -> String { Self.filled(cause, values) }
    func advice(_ values: [String]) -> String { Self.filled(advice, values) }

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
enum FailureReason {
    static let cut = "Input/output error"

    /// strerror's text of a negative errno, which `loadvm` prints; the number where it is none of a load's.
    static func text(_ number: String) -> String {
        let texts = [
            "-1": "Operation not permitted", "-2": "No such file or directory", "-5": cut,
            "-11": "Resource temporarily unavailable", "-12": "Cannot allocate memory",
            "-22": "Invalid argument", "-95": "Operation not supported",
        ]
        return texts[number] ?? number
    }

    static func meaning(_ text: String) -> String {
        switch text {
        case "Operation not permitted": "a check of a device said no (nothing to do with rights)"
        case "No such file or directory":
            "a subsection that the target does not know (nothing to do with files)"
        case cut: "the stream ended, or could not be read"
        case "Invalid argument": "a check failed"
        case "Operation not supported": "the version in the header is not 3"
        case "Cannot allocate memory": "the target has not enough memory"
        case "Resource temporarily unavailable": "a package of postcopy is shorter than it says"
        default: text
        }
    }
}
