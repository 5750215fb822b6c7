/// A finding about the stream, with its place.
package struct Finding: Sendable, Equatable {
    package enum Severity: String, Sendable { case error, warning, note }

    /// The certainty that a loader fails here.
    package enum Certainty: String, Sendable {
        /// The rule is exact, and all it needs is known.
        case certain
        case likely
        case possible
    }

    package let severity: Severity
    /// Stable, for scripts; listed in the man page.
    package let code: FindingCode
    /// In bytes from the start of the stream.
    package let offset: Int
    package let size: Int
    package var path: String
    /// The expected and found values. Escaped.
    package let message: String
    /// A suggestion; may be empty.
    package let hint: String
    /// The lines that QEMU would print; empty if it would print none.
    package let qemu: String
    package let certainty: Certainty

    /// Whether the finding refers to bytes of the stream.
    package var hasPlace: Bool { size > 0 || offset > 0 || !path.isEmpty }

    package init(
        _ severity: Severity, _ code: FindingCode, offset: Int, size: Int = 0, path: String = "",
        message: String,
        hint: String = "", qemu: String = "", certainty: Certainty = .certain
    ) {
        self.severity = severity
        self.code = code
        self.offset = offset
        self.size = size
        self.path = path
        self.message = message
        self.hint = hint
        self.qemu = qemu
        self.certainty = certainty
    }
}

/// A list with at most `limit` findings per code, followed by one that counts the rest. A damaged stream may
/// have as many findings as sections.
package struct FindingList {
    /// The maximum number of findings that are kept per code.
    package static let limit = 100

    package private(set) var all: [Finding] = []
    private var counts: [FindingCode: Int] = [:]
    // The index of the finding that counts the rest.
    private var rests: [FindingCode: Int] = [:]

    package init(_ findings: [Finding] = []) {
        for finding in findings { add(finding) }
    }

    package mutating func add(_ finding: Finding) {
        add(finding.severity, finding.code, offset: finding.offset) { finding }
    }

    /// Adds a finding, which replaces the one with the same code if there is one.
    package mutating func replace(_ finding: Finding) {
        guard let place = all.firstIndex(where: { $0.code == finding.code }) else { return add(finding) }
        all[place] = finding
    }

    /// Adds the finding that `make` returns. Does not call it for a finding that is only counted.
    package mutating func add(
        _ severity: Finding.Severity, _ code: FindingCode, offset: Int, _ make: () -> Finding
    ) {
        let count = counts[code, default: 0]
        counts[code] = count + 1
        guard count >= Self.limit else { return all.append(make()) }
        let rest = Self.rest(severity, code, offset: offset, count: count + 1 - Self.limit)
        if let place = rests[code] {
            all[place] = Self.rest(
                all[place].severity, code, offset: all[place].offset, count: count + 1 - Self.limit)
        } else {
            rests[code] = all.count
            all.append(rest)
        }
    }

    private static func rest(
        _ severity: Finding.Severity, _ code: FindingCode, offset: Int, count: Int
    ) -> Finding {
        Finding(
            severity, code, offset: offset,
            message: "expected no more findings of this kind, found \(count) from here on",
            hint: "the first \(limit) are listed")
    }
}

/// A place where the bytes do not fit their layout.
package struct Mismatch: Error, Sendable, Equatable {
    /// In bytes from the start of the stream.
    package var offset: Int
    package var size: Int
    package var expected: String
    package var found: String

    package init(offset: Int, size: Int, expected: String, found: String) {
        self.offset = offset
        self.size = size
        self.expected = expected
        self.found = found
    }
}
