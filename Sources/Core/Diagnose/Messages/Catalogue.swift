import Bytes

/// The registry of messages: a new one is one line of a family's list.
///
/// Texts of QEMU 7.2 and 10.0. Wrappers (`Failed to load`, `error while loading state`) are read by `FailureLog`.
package enum Catalogue {
    package static let all: [CatalogueEntry] = stream + sections + structures + ram + devices + features

    private static let index = MessageIndex(all.map(\.pattern))

    /// The entry that a line of a log belongs to, with the values. O(line) for lines without a message.
    package static func cause(_ line: [UInt8]) -> FailureReport.Cause? {
        for number in index.candidates(line) {
            guard let values = all[number].pattern.match(line) else { continue }
            return FailureReport.Cause(
                entry: all[number], values: values.map { DisplayText.escaped(bytes: $0) },
                line: DisplayText.escaped(bytes: line))
        }
        return nil
    }

    package typealias Entry = CatalogueEntry
}
