import Bytes
import Container
import Format

/// A description that replaces a missing one: from another stream of the same machine, from a file that
/// `migscope desc` has written, or the output of `-dump-vmstate`.
package struct BorrowedDescription: Sendable {
    private enum Content {
        case description(Range<Int>, JSONTape, root: Int)
        case dump(TargetDump)
    }

    package let region: MappedRegion
    private let content: Content
    /// The display name of the file, escaped.
    package let source: String

    /// Reads the file at `path`, inside any container.
    ///
    /// - Throws: `OpenError` if it can't be opened or has no description.
    package init(path: String) throws(OpenError) {
        try self.init(region: ContainerOpening(path: path).content(), path: path)
    }

    package init(region: MappedRegion, path: String) throws(OpenError) {
        self.region = region
        source = FileName.shown(path)
        for text in Self.candidates(region) {
            let bytes = region.span(text)
            guard let tape = try? JSONTape(bytes) else { continue }
            let isArray = tape.tokens.first?.kind == .array
            guard let root = isArray ? tape.elements(of: 0).first(where: { _ in true }) : 0,
                tape.value("devices", of: root, in: bytes) != nil
            else { continue }
            content = .description(text, tape, root: root)
            return
        }
        guard !region.matches("QEVM", at: 0), let dump = try? TargetDump(region: region, path: path)
        else { throw .noDescription(path: path) }
        content = .dump(dump)
    }

    private static func candidates(_ region: MappedRegion) -> [Range<Int>] {
        region.matches("QEVM", at: 0)
            ? DescriptionLocator.candidates(in: region).map(\.text) : [0..<region.count]
    }

    /// Parses it into the layouts of a document.
    package func parse(into table: LayoutTable) -> Description {
        var description: Description
        switch content {
        case .description(let text, let tape, let root):
            var parser = DescriptionParser(tape: tape, base: text.lowerBound, table: table)
            description = parser.parse(region.span(text), root: root)
        case .dump(let dump):
            description = Description(
                text: 0..<0, pageSize: nil, configuration: nil, devices: [], problems: [], dump: dump)
        }
        description.borrowedFrom = source
        return description
    }
}

/// How well the sections of a stream fit a borrowed description.
package struct DescriptionFit {
    /// Version and size agree.
    package var exact = 0
    /// The size differs in a way that the bytes explain.
    package var resolved = 0
    package var unfit = 0
    package var undescribed = 0

    package init(exact: Int = 0, resolved: Int = 0, unfit: Int = 0, undescribed: Int = 0) {
        self.exact = exact
        self.resolved = resolved
        self.unfit = unfit
        self.undescribed = undescribed
    }

    package mutating func add(isExact: Bool, problemCount: Int) {
        if problemCount > 0 { unfit += 1 } else if isExact { exact += 1 } else { resolved += 1 }
    }

    package var isEmpty: Bool { exact + resolved + unfit + undescribed == 0 }

    /// Returns the note with these numbers.
    package func problem(_ source: String) -> OpenedStream.Problem {
        let found = "\(exact) exact, \(resolved) fit, \(unfit) do not fit, \(undescribed) not described"
        return OpenedStream.Problem(
            severity: .note, code: .descriptionBorrowed,
            mismatch: Mismatch(
                offset: 0, size: 0, expected: "the description of \(source) to fit the sections", found: found
            ))
    }
}
