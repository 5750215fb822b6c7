import Bytes

/// The format of a section that no description covers, other than `ram`: one file each, and one line in
/// `LiveSections.all`.
///
/// A value lasts from a handler's START section to its END section, so it keeps what sections refer to.
package protocol LiveSection: Sendable {
    /// Whether sections of this idstr have the format.
    static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool

    init()

    /// Reads the body of a section, from after the header to before the footer, and lays it out. A format
    /// with START, PART and END sections finds the end by itself; a FULL body must reach the reader's limit.
    ///
    /// - Throws: `Mismatch` where the bytes do not fit; what was read so far is not used then.
    mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch)
}

/// The registry of formats: a new one is one line here.
package enum LiveSections {
    package static let all: [any LiveSection.Type] = [
        DirtyBitmapSection.self, BlockSection.self, HashTableSection.self, StorageAttributesSection.self,
        VFIOSection.self, StorageKeysSection.self, TODClockSection.self, SlirpSection.self,
        BackupStateSection.self,
    ]

    /// A section with more pieces than this is not read piece by piece.
    package static let chunkLimit = 1 << 20

    /// A new format value for the handler `idstr`, or nil where its format is not known.
    package static func format(of idstr: ArraySlice<UInt8>) -> (any LiveSection)? {
        all.first { $0.isNamed(idstr) }.map { $0.init() }
    }

    /// The layout of a FULL section's body in `range`, for handlers without a VMState; nil where the format is
    /// not known or does not fit. O(range).
    package static func fullBody(
        of idstr: NameID, _ region: MappedRegion, _ range: Range<Int>, table: LayoutTable
    ) -> LayoutID? {
        guard !range.isEmpty, var format = format(of: table.names.bytes(idstr)) else { return nil }
        var reader = LeafReader(region, range, table: table)
        do throws(Mismatch) {
            try format.body(.full, &reader)
        } catch {
            return nil
        }
        return reader.finish()
    }

    /// A described body of one buffer, as handlers without a VMState have it, with what its bytes mean
    /// below that buffer; nil where that is not known.
    package static func oldStyleBody(
        _ body: LayoutID, of idstr: NameID, _ region: MappedRegion, _ range: Range<Int>,
        table: LayoutTable
    ) -> LayoutID? {
        guard table[body].items.count == 1, var data = table.items(of: body).first,
            data.isLeaf, data.count == 1, data.stride == range.count,
            let child = fullBody(of: idstr, region, range, table: table)
        else { return nil }
        data.child = child
        data.inside = .none
        return table.layout(.body, [data], needsResolution: false)
    }
}
