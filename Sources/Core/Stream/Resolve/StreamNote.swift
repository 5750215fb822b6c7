import Bytes
import Format

/// A note about bytes after which a walk continued.
package struct StreamNote: Sendable {
    /// The code of the finding.
    package var code: FindingCode
    package var mismatch: Mismatch
    package var hint = ""
    package var severity = Finding.Severity.warning

    package init(
        code: FindingCode, mismatch: Mismatch, hint: String = "",
        severity: Finding.Severity = Finding.Severity.warning
    ) {
        self.code = code
        self.mismatch = mismatch
        self.hint = hint
        self.severity = severity
    }

    /// Reports that the format of a live section did not fit.
    package static func section(_ mismatch: Mismatch) -> StreamNote {
        StreamNote(
            code: .sectionFormat, mismatch: mismatch,
            hint: "the section is shown up to its footer, without its contents")
    }

    /// Reports that a device section differs from the description.
    package static func device(_ mismatch: Mismatch) -> StreamNote {
        StreamNote(
            code: .sectionSize, mismatch: mismatch,
            hint: "the section was not written by the code that wrote the description")
    }

    /// Reports unreadable bytes up to the place where reading continued.
    package static func gap(_ mismatch: Mismatch, _ gap: SectionRecord) -> StreamNote {
        var place = mismatch
        place.found += " at \(Hex.offset(mismatch.offset))"
        place.offset = gap.offset
        place.size = gap.size
        return StreamNote(
            code: .gap, mismatch: place, hint: "reading continues after the next footer", severity: .error)
    }

    /// Reports bytes among RAM pages that are not records.
    package static func damage(_ mismatch: Mismatch, _ range: Range<Int>) -> StreamNote {
        var place = mismatch
        place.found += " at \(Hex.offset(mismatch.offset))"
        place.offset = range.lowerBound
        place.size = range.count
        return StreamNote(
            code: .gap, mismatch: place,
            hint: "the pages in these bytes are unknown; reading continues at the next certain pages",
            severity: .error)
    }

    /// Reports a description that another stream cuts.
    package static func cutDescription(_ gap: SectionRecord) -> StreamNote {
        StreamNote(
            code: .descriptionCut,
            mismatch: Mismatch(
                offset: gap.offset, size: gap.size, expected: "a complete description",
                found: "\(gap.size) bytes of it"),
            hint: "the stream is cut; QEMU loads it anyway", severity: .error)
    }

    /// Reports another stream after the end mark.
    package static func nextStream(at offset: Int) -> StreamNote {
        StreamNote(
            code: .secondStream,
            mismatch: Mismatch(offset: offset, size: 8, expected: "the end of the file", found: "QEVM"),
            hint: "another stream begins here: QEMU loads the first; --stream 2 shows it",
            severity: .note)
    }

    /// Reports that a connection broke inside a section, and that the stream continues over another one.
    package static func broken(_ mismatch: Mismatch, at end: Int) -> StreamNote {
        var place = mismatch
        // At its last byte: the next byte belongs to the other connection.
        if place.offset >= end { (place.offset, place.size) = (end - 1, 1) }
        return StreamNote(
            code: .streamRecovered, mismatch: place,
            hint: "the connection broke here; the missing part was sent again over the next one",
            severity: .note)
    }

    /// Reports that the file ends inside a section.
    package static func cut(_ mismatch: Mismatch) -> StreamNote {
        StreamNote(
            code: .sectionCut, mismatch: mismatch, hint: "the part before this place is shown",
            severity: .error)
    }

    /// Reports that RDMA carried pages that are not in the stream.
    package static func hook(at offset: Int) -> StreamNote {
        StreamNote(
            code: .ramHook,
            mismatch: Mismatch(
                offset: offset, size: 8, expected: "a RAM record",
                found: "HOOK: the following pages were transferred by RDMA"),
            hint: "those pages are not in this file; reading continues at the next RAM record")
    }

    /// Reports that multifd carries the pages.
    package static func multifd(at offset: Int) -> StreamNote {
        StreamNote(
            code: .multifdChannels,
            mismatch: Mismatch(
                offset: offset, size: 8, expected: "page records", found: "MULTIFD_FLUSH"),
            hint: "pages are on other channels, which are not in this file: they count as absent",
            severity: .note)
    }

    /// Reports a command that differs from QEMU's.
    package static func command(_ mismatch: Mismatch) -> StreamNote {
        StreamNote(code: .command, mismatch: mismatch, hint: "reading continues after it")
    }
}
