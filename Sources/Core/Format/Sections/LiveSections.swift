import Bytes

/// The format of a section that no description covers, other than `ram`: one file each, and one line in
/// `LiveSections.all`.
///
/// A value lasts from a handler's START section to its END section, so it holds the state to which sections
/// refer.
package protocol LiveSection: Sendable {
    /// Returns whether sections of this idstr have the format.
    static func isNamed(_ idstr: ArraySlice<UInt8>) -> Bool

    init()

    /// Reads and lays out the body of a section, without header and footer. A format with START, PART and END
    /// sections finds the end itself; a FULL body must reach the reader's limit.
    ///
    /// - Throws: `Mismatch` if the bytes do not fit; the caller then discards what was read.
    mutating func body(_ type: SectionType, _ reader: inout LeafReader) throws(Mismatch)
}

/// The registry of formats: a new one is one line here.
package enum LiveSections {
    package static let all: [any LiveSection.Type] = [
        DirtyBitmapSection.self, BlockSection.self, HashTableSection.self, StorageAttributesSection.self,
        VFIOSection.self, StorageKeysSection.self, TODClockSection.self, SlirpSection.self,
        BackupStateSection.self,
    ]

    /// The maximum number of pieces of a section that is read piece by piece.
    package static let chunkLimit = 1 << 20

    /// Returns a new format value for the handler `idstr`; nil if its format is unknown.
    package static func format(of idstr: ArraySlice<UInt8>) -> (any LiveSection)? {
        all.first { $0.isNamed(idstr) }.map { $0.init() }
    }

    /// Returns the layout of a FULL section's body in `range`, for handlers without a VMState; nil if the
    /// format is unknown or does not fit. O(range).
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

    /// Returns a described body of one buffer, as for handlers without a VMState, with the meaning of its
    /// bytes below the buffer; nil if that is unknown.
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
