import Glibc

/// The reason why an input could not be opened. `description` is one line: what, where, and a suggestion.
package enum OpenError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A system call failed with this errno.
    case system(path: String, code: Int32)
    /// The path names something that can't be mapped.
    case notAFile(path: String, kind: String)
    /// A file of zero bytes.
    case empty(path: String)
    /// The bytes are not a migration stream; `advice` is a suggestion. `evidence` holds the bytes, for
    /// callers that can explain more.
    case notAStream(path: String, found: String, advice: String, evidence: OpenEvidence? = nil)
    /// A file from which a description was to be borrowed has none.
    case noDescription(path: String)
    /// The file has fewer streams than the requested number.
    case noSuchStream(path: String, number: Int, count: Int)
    /// A container's own structure ends early or is invalid.
    case container(path: String, offset: Int, reason: String, advice: String)
    /// An option asks for a part that files of this kind do not have.
    case noParts(path: String, reason: String, advice: String)

    package var description: String {
        switch self {
        case .system(let path, let code):
            let shown = FileName.shown(path)
            let hint = code == EACCES ? "; try: check the permissions, or run as the owner" : ""
            return "\(shown): \(String(cString: strerror(code)))\(hint)"
        case .notAFile(let path, let kind):
            let shown = FileName.shown(path)
            if kind == "a directory" {
                return "\(shown): is a directory, expected a migration stream; try: a file in it"
            }
            return
                "\(shown): is \(kind), expected a regular file; try: copy the stream to a file, or `-` for standard input"
        case .empty(let path):
            return "\(FileName.shown(path)): empty file, expected a migration stream (QEVM at offset 0)"
        case .notAStream(let path, let found, let advice, let evidence):
            var place = evidence?.container ?? "none"
            // Messages about the containers themselves already name them.
            place = place == "none" || found.contains(place) ? "" : " in \(place)"
            return
                "\(FileName.shown(path)): not a migration stream: expected QEVM at offset 0, found \(found)\(place); "
                + advice
        case .noDescription(let path):
            return
                "\(FileName.shown(path)): no description, expected a stream with one, or its JSON; "
                + "try: `migscope desc STREAM > FILE`"
        case .noSuchStream(let path, let number, let count):
            return
                "\(FileName.shown(path)): no stream \(number), found \(count); "
                + (count == 1 ? "try: without --stream" : "try: --stream 1 to --stream \(count)")
        case .container(let path, let offset, let reason, let advice):
            return
                "\(FileName.shown(path)): \(reason) at offset 0x\(String(offset, radix: 16)); \(advice)"
        case .noParts(let path, let reason, let advice):
            return "\(FileName.shown(path)): \(reason); \(advice)"
        }
    }
}

/// The refused bytes without their containers, because a pipe can't be read twice.
package struct OpenEvidence: Equatable, Sendable {
    package let region: MappedRegion
    /// The containers around them, such as `libvirt (gzip)`; `none` for a bare file.
    package let container: String

    package init(region: MappedRegion, container: String) {
        self.region = region
        self.container = container
    }

    package static func == (left: OpenEvidence, right: OpenEvidence) -> Bool {
        left.region === right.region && left.container == right.container
    }
}

extension OpenError {
    /// Returns the error with its evidence; errors other than `notAStream` are unchanged.
    package func with(_ evidence: @autoclosure () -> OpenEvidence) -> OpenError {
        guard case .notAStream(let path, let found, let advice, nil) = self else { return self }
        return .notAStream(path: path, found: found, advice: advice, evidence: evidence())
    }

    /// The bytes that were read and refused; nil if nothing could be read.
    package var evidence: OpenEvidence? {
        guard case .notAStream(_, _, _, let evidence) = self else { return nil }
        return evidence
    }
}
