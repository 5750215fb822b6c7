import Stream

/// Finds a pattern in names. It ignores case unless the pattern has an upper-case letter.
package struct NameMatcher: Sendable {
    private let pattern: [UInt8]
    private let ignoresCase: Bool

    package init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
        ignoresCase = !pattern.utf8.contains { (0x41...0x5a).contains($0) }
    }

    /// Whether `name` ends in the pattern. O(pattern).
    package func matchesEnd(of name: some RandomAccessCollection<UInt8>) -> Bool {
        name.count >= pattern.count && matches(name.suffix(pattern.count))
    }

    /// Whether `name` contains the pattern; false for an empty pattern. O(name · pattern).
    package func matches(_ name: some RandomAccessCollection<UInt8>) -> Bool { firstRange(in: name) != nil }

    /// Returns the first range of the pattern in `name`, in bytes from its start.
    package func firstRange(in name: some RandomAccessCollection<UInt8>) -> Range<Int>? {
        guard !pattern.isEmpty, name.count >= pattern.count else { return nil }
        let start = (0...(name.count - pattern.count)).first { start in
            var index = name.index(name.startIndex, offsetBy: start)
            for wanted in pattern {
                var byte = name[index]
                if ignoresCase, (0x41...0x5a).contains(byte) { byte |= 0x20 }
                if byte != wanted { return false }
                index = name.index(after: index)
            }
            return true
        }
        return start.map { $0..<$0 + pattern.count }
    }
}

/// A section name with its instance id, as rows, messages and paths write it: `cpu #1`, `cpu:1`.
package struct SectionPattern {
    private let name: NameMatcher
    private let instance: UInt32

    /// Returns nil when the pattern does not end in an instance id.
    package init?(_ pattern: String) {
        guard let mark = pattern.lastIndex(where: { $0 == "#" || $0 == ":" }),
            let instance = UInt32(pattern[pattern.index(after: mark)...])
        else { return nil }
        self.instance = instance
        let text = pattern[..<mark]
        name = NameMatcher(String(text.last == " " ? text.dropLast() : text))
    }

    /// Returns the numbers of the matching records. O(sections).
    package func numbers(in document: Document) -> Set<Int> {
        Set(
            document.store.records.indices.filter {
                let record = document.store.records[$0]
                return record.section?.instance == instance
                    && name.matchesEnd(of: document.store.table.names.bytes(record.name))
            })
    }
}
