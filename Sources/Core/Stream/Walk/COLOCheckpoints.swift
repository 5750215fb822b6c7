import Bytes
import Format

/// What a source writes after the stream when ENABLE_COLO (x-colo) stands at its start: one checkpoint after the other,
/// each as messages of the COLO protocol around what a stream holds.
///
/// A checkpoint is be32 1 (checkpoint-request), be32 3 (vmstate-send), the END sections of live handlers and an end mark,
/// be32 4 (vmstate-size), be64 length, and that many bytes of device sections, with an end mark and without a magic number
/// (migration/colo.c colo_do_checkpoint_transaction and qapi/migration.json COLOMessage, 7.2 to 11.1). The destination's
/// answers come over the return path.
package struct COLOCheckpoints {
    /// COLOMessage of qapi/migration.json, those that the source sends.
    private enum Message {
        static let checkpointRequest: UInt32 = 1
        static let vmstateSend: UInt32 = 3
        static let vmstateSize: UInt32 = 4
    }

    /// More are shown as bytes.
    private static let most = 4096
    /// Live sections are not looked through farther: nobody waits for them.
    private static let searchLimit = 256 << 20

    /// What the bytes are.
    package private(set) var layout: LayoutID = .none
    /// How many checkpoints are whole.
    package private(set) var count = 0
    private var position: Int
    private var searched = 0

    /// Reads the checkpoints that begin at `offset`; nil where the stream has not announced any, or none begins there.
    /// O(checkpoints, and bytes of live sections up to `searchLimit`).
    package init?(_ region: MappedRegion, at offset: Int, _ opened: inout OpenedStream) {
        guard
            opened.records.contains(where: { $0.command == .enableCOLO }
            ),
            region.bigEndian(UInt32.self, at: offset) == Message.checkpointRequest
        else { return nil }
        position = offset
        var all = LayoutBuilder()
        while count < Self.most, position < region.count {
            let start = position
            let checkpoint = read(region, &opened)
            guard position > start else { break }
            all.nested(
                "checkpoint \(count + 1)", "COLO checkpoint", checkpoint.body, role: .frame, in: &opened.table
            )
            guard checkpoint.isWhole else { break }
            count += 1
        }
        if position < region.count {
            all.leaf("rest", "buffer", region.count - position, role: .gap, in: &opened.table)
        }
        layout = all.body(in: &opened.table)
    }

    private mutating func read(_ region: MappedRegion, _ opened: inout OpenedStream) -> (
        body: LayoutID, isWhole: Bool
    ) {
        var fields = LayoutBuilder()
        let start = position
        let isWhole =
            message("checkpoint-request", Message.checkpointRequest, region, &fields, &opened)
            && message("vmstate-send", Message.vmstateSend, region, &fields, &opened)
            && live(region, &fields, &opened)
            && message("vmstate-size", Message.vmstateSize, region, &fields, &opened)
            && devices(region, &fields, &opened)
        if !isWhole, position > start, position < region.count {
            // Cut, or not what it should be.
            fields.leaf("rest", "buffer", region.count - position, role: .gap, in: &opened.table)
            position = region.count
        }
        return (fields.body(in: &opened.table), isWhole)
    }

    private mutating func message(
        _ name: String, _ number: UInt32, _ region: MappedRegion, _ fields: inout LayoutBuilder,
        _ opened: inout OpenedStream
    ) -> Bool {
        guard region.bigEndian(UInt32.self, at: position) == number else { return false }
        fields.leaf(name, "uint32", 4, role: .frame, in: &opened.table)
        position += 4
        return true
    }

    // Up to the end mark that the size of the devices' state follows.
    private mutating func live(
        _ region: MappedRegion, _ fields: inout LayoutBuilder, _ opened: inout OpenedStream
    ) -> Bool {
        let end = min(region.count, position.addingSaturated(Self.searchLimit - searched))
        guard position < end else { return false }
        let handlers = opened.state.handlers
        let footer = ForwardWindow.first(in: region, position..<end) { part in
            Self.lastFooter(in: region, part) { handlers[$0] != nil }
        }
        searched += (footer ?? end) - position
        guard let footer else { return false }
        let mark = footer + SectionFrames.footerSize
        fields.leaf("live sections", "buffer", mark - position, role: .gap, in: &opened.table)
        fields.leaf("EOF", "section type", 1, role: .frame, in: &opened.table)
        position = mark + 1
        return true
    }

    // A footer, the end mark, vmstate-size, and a length that is there.
    private static func lastFooter(in region: MappedRegion, _ range: Range<Int>, isKnown: (UInt32) -> Bool)
        -> Int?
    {
        var from = range.lowerBound
        while from < range.upperBound,
            let offset = region.firstIndex(of: SectionType.footer.rawValue, in: from..<range.upperBound)
        {
            from = offset + 1
            let mark = offset + SectionFrames.footerSize
            guard let id = region.bigEndian(UInt32.self, at: offset + 1), isKnown(id),
                region.byte(at: mark) == SectionType.endOfFile.rawValue,
                region.bigEndian(UInt32.self, at: mark + 1) == Message.vmstateSize
            else { continue }
            return offset
        }
        return nil
    }

    private mutating func devices(
        _ region: MappedRegion, _ fields: inout LayoutBuilder, _ opened: inout OpenedStream
    ) -> Bool {
        guard let size = region.bigEndian(UInt64.self, at: position) else { return false }
        fields.leaf("size", "uint64", 8, role: .frame, in: &opened.table)
        position += 8
        guard let count = Int(exactly: size), count <= region.count - position else { return false }
        if count > 0 { fields.leaf("device state", "buffer", count, role: .gap, in: &opened.table) }
        position += count
        return true
    }
}
