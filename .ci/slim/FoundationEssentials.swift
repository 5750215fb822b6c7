// Takes the place of FoundationEssentials in the release, which would be 5 of 16 MB.
//
// Of our modules and their dependencies only ArgumentParser imports it, and uses it for two things: to ask errors
// whether they are a LocalizedError, which none here is, and to write JSON for `--experimental-dump-help`, which
// `Main` refuses. The symbols that it needs for that are here, by the same names, so that the linker has no use for
// the library. When another version of ArgumentParser needs more, linking fails with duplicate symbols: add them
// here, or leave this file out of the Makefile. Debug builds and tests have the library itself.

public protocol LocalizedError: Error {
    var errorDescription: String? { get }
}

public struct Data {}

open class JSONEncoder {
    public struct OutputFormatting: OptionSet, Sendable {
        public let rawValue: UInt

        public init(rawValue: UInt) { self.rawValue = rawValue }

        public static let prettyPrinted = OutputFormatting(rawValue: 1)
        public static let sortedKeys = OutputFormatting(rawValue: 2)
    }

    public init() { fatalError("JSON of the command line is not in this program") }
}

extension String {
    public struct Encoding: Sendable {
        public static let utf8 = Encoding()
    }

    public init?(data: __shared Data, encoding: Encoding) { nil }
}
