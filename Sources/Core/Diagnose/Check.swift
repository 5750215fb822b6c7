import Bytes
import Container
import Stream

/// What a stream is checked against.
package struct CheckTarget {
    /// A stream of the machine that should load it.
    package var like: Document?
    /// What that machine's QEMU prints for `-dump-vmstate`.
    package var dump: TargetDump?
    /// The version of that QEMU, where the user says it.
    package var loader: QEMUVersion?

    package init(like: Document? = nil, dump: TargetDump? = nil) {
        self.like = like
        self.dump = dump
    }

    /// Opens the files at these paths.
    ///
    /// - Throws: `OpenError` when one can't be read or is of another kind.
    package init(like: String?, against dump: String?) throws(OpenError) {
        self.dump = try dump.map { path throws(OpenError) in try TargetDump(path: path) }
        self.like = try like.map { path throws(OpenError) in try Document.open(path: path) }
    }

    package var isEmpty: Bool { like == nil && dump == nil }
}

/// `migscope check`: what is wrong with a stream, and why a target would refuse it.
package struct Check {
    package let document: Document
    package let target: Document?
    package let dump: TargetDump?
    /// The version of the QEMU that loads, where it is told.
    package let loader: QEMUVersion?

    /// - Parameters:
    ///   - like: a stream of the machine that should load this one.
    ///   - against: what that machine's QEMU prints for `-dump-vmstate`.
    ///
    /// A document without a description borrows that of `like`.
    package init(
        _ document: Document, like target: Document? = nil, against dump: TargetDump? = nil,
        loader: QEMUVersion? = nil
    ) {
        self.loader = loader
        self.document = Self.described(document, target)
        self.target = target
        self.dump = dump
    }

    private static func described(_ document: Document, _ target: Document?) -> Document {
        guard document.description == nil, let target, target.description != nil else { return document }
        var options = OpenOptions()
        options.description = try? BorrowedDescription(region: target.region, path: target.overview.fileName)
        guard options.description != nil else { return document }
        return
            (try? Document.open(region: document.region, name: document.overview.fileName, options: options))
            ?? document
    }

    /// The check of the first stream alone, which is what QEMU loads, where the live part has shown that others
    /// follow it; else nil. O(open).
    package func firstStream() -> Check? {
        guard
            let next = document.findings.first(where: { $0.code == .secondStream })?.offset,
            next < document.region.count
        else { return nil }
        var options = document.options
        options.isGrowing = false
        let region = document.region.slice(0..<next)
        guard
            let first = try? Document.open(region: region, name: document.overview.fileName, options: options)
        else { return nil }
        return Check(first, like: target, against: dump, loader: loader)
    }

    /// All findings, in the order of the stream. O(stream): reads the headers of RAM records.
    package func findings() -> [Finding] {
        var run = CheckRun(self)
        while run.findings == nil { run.step(budget: .max) }
        return run.findings ?? []
    }

    /// What QEMU says to what could not be opened because it is no stream; nil where opening failed for another reason.
    /// The file is not read again: the error has what was found inside its containers.
    package static func refusal(_ error: OpenError, _ target: CheckTarget = CheckTarget()) -> [Finding]? {
        guard let evidence = error.evidence else { return nil }
        let version = target.loader ?? target.like.map { LoaderVersion($0, $0, nil, told: nil).version }
        let findings = HeaderRules.refusal(evidence.region, QEMUWording(version ?? QEMUVersion(10, 0)))
        return findings.isEmpty ? nil : findings
    }
}
