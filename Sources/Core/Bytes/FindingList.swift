/// Findings, of each kind at most `limit`, and then one that says how many more there are: a damaged stream
/// may have as many as sections.
package struct FindingList {
    /// This many findings of one code are kept.
    package static let limit = 100

    package private(set) var all: [Finding] = []
    private var counts: [FindingCode: Int] = [:]
    // Where the finding that counts the rest is.
    private var rests: [FindingCode: Int] = [:]

    package init(_ findings: [Finding] = []) {
        for finding in findings { add(finding) }
    }

    package mutating func add(_ finding: Finding) {
        add(finding.severity, finding.code, offset: finding.offset) { finding }
    }

    /// Adds a finding in place of the one of its code, if there is one.
    package mutating func replace(_ finding: Finding) {
        guard let place = all.firstIndex(where: { $0.code == finding.code }) else { return add(finding) }
        all[place] = finding
    }

    /// Adds what `make` makes; it is not called for what is only counted.
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
