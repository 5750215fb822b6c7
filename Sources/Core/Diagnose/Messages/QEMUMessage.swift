import Bytes

/// A message of QEMU's loader: its kind and its values, spelled as in each version of QEMU.
package struct QEMUMessage: Hashable, Sendable {
    package let kind: Kind
    /// The values in the order of the format's conversions; numbers as digits without `0x`. Escaped when they
    /// come from a log.
    package let values: [String]

    @inline(never)
    package init(_ kind: Kind, _ values: [String] = []) {
        self.kind = kind
        self.values = values
    }

    /// A version's spelling of a message, and where it prints it.
    package struct Wording: Hashable, Sendable {
        package let since: QEMUVersion
        /// The format, with `%s`, `%d`, `%u` and `%x` for values; an older one may have fewer of them.
        package let format: String
        /// Whether it is printed where the error is found, and not as part of the line that ends a load
        /// (`QEMULog`).
        package let isOwnLine: Bool
    }

    package struct Kind: Hashable, Sendable {
        /// A stable name, for tests and lists.
        package let name: String
        /// The wordings, ascending by version.
        package let wordings: [Wording]

        /// Creates a message that all versions spell alike and print on its own line.
        @inline(never)
        package init(_ name: String, _ format: String) {
            self.init(name, [Wording(since: .first, format: format, isOwnLine: true)])
        }

        /// Creates a message on its own line that from `since` on is part of the last line.
        @inline(never)
        package init(_ name: String, _ format: String, since: QEMUVersion, _ later: String) {
            self.init(
                name,
                [
                    Wording(since: .first, format: format, isOwnLine: true),
                    Wording(since: since, format: later, isOwnLine: false),
                ])
        }

        @inline(never)
        package init(_ name: String, _ wordings: [Wording]) {
            self.name = name
            self.wordings = wordings
        }

        package func wording(in version: QEMUVersion) -> Wording {
            wordings.last { $0.since <= version } ?? wordings[0]
        }

        package static func == (left: Kind, right: Kind) -> Bool { left.name == right.name }
        package func hash(into hasher: inout Hasher) { hasher.combine(name) }
    }

    /// Returns the text without the program name.
    package func text(in version: QEMUVersion) -> String {
        Self.filled(kind.wording(in: version).format, values)
    }

    /// Whether that version prints it on its own line.
    package func isOwnLine(in version: QEMUVersion) -> Bool { kind.wording(in: version).isOwnLine }

    /// Parses a line with a message of any version, including a prefix; nil when it is not one of the
    /// loader's.
    package static func parsed(_ line: String) -> QEMUMessage? { QEMUMessageTable.parsed(Array(line.utf8)) }

    /// Returns `format` with values for its conversions.
    package static func filled(_ format: String, _ values: [String]) -> String {
        var result = ""
        var rest = format[...]
        var next = values[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            let kind = rest.index(after: percent)
            guard kind < rest.endIndex else {
                rest = rest[percent...]
                break
            }
            if "sdux".contains(rest[kind]) {
                result += next.popFirst() ?? ""
            } else {
                result.append(rest[kind])
            }
            rest = rest[rest.index(after: kind)...]
        }
        return result + rest
    }
}

/// The kinds of `QEMUMessage`, found by their texts.
package enum QEMUMessageTable {
    private struct KnownText: Sendable {
        package var kind: QEMUMessage.Kind
        package var pattern: MessagePattern
        package var length: Int
    }

    private static let entries: [KnownText] = QEMUMessage.Kind.all.flatMap { kind in
        kind.wordings.map {
            KnownText(kind: kind, pattern: MessagePattern($0.format), length: $0.format.utf8.count)
        }
    }
    private static let index = MessageIndex(entries.map(\.pattern))

    package static func parsed(_ line: [UInt8]) -> QEMUMessage? {
        // One wording may contain another: the longest is the most specific.
        var best: (message: QEMUMessage, length: Int)?
        for candidate in index.candidates(line) {
            let entry = entries[candidate.pattern]
            guard entry.length > best?.length ?? 0, let values = entry.pattern.match(line) else { continue }
            best = (QEMUMessage(entry.kind, values.map { DisplayText.escaped(bytes: $0) }), entry.length)
        }
        return best?.message
    }
}
