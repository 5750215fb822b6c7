import Bytes
import CZlib

/// A zip archive (APPNOTE 6.3): the list of members at its end or, if that was cut off, their own headers.
package enum ZipArchive: ContainerFormat {
    package static func recognizes(_ region: MappedRegion) -> Bool {
        region.matches([0x50, 0x4b, 0x03, 0x04], at: 0)
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        var (members, problem) = listed(region)
        if members.isEmpty { (members, problem) = (walked(region), problem ?? cut) }
        let choice = try MemberChoice(members, kind: "zip archive", request)
        var peeled = try Peeled.archive("zip", choice, request)
        if let problem { peeled.findings.append(problem) }
        return peeled
    }

    private static let cut = Finding(
        .error, .containerTruncated, offset: 0,
        message: "zip archive: expected the list of members at its end, found other bytes",
        hint: "the archive is cut or damaged; the part before is shown")

    // Reads from the end: the end record has at most 64 KiB of comment between it and the end of the file.
    private static func listed(_ region: MappedRegion) -> (members: [ArchiveMember], problem: Finding?) {
        guard let end = endRecord(region) else { return ([], cut) }
        var count = Int(little(region, end + 10, 2))
        var offset = Int(little(region, end + 16, 4))
        // The 64-bit record precedes its locator, which precedes the end record.
        if region.matches([0x50, 0x4b, 0x06, 0x07], at: end - 20),
            let wide = Int(exactly: little(region, end - 20 + 8, 8)),
            region.matches([0x50, 0x4b, 0x06, 0x06], at: wide)
        {
            count = Int(clamping: little(region, wide + 32, 8))
            offset = Int(clamping: little(region, wide + 48, 8))
        }
        var members: [ArchiveMember] = []
        while members.count < min(count, TarArchive.memberLimit) {
            guard let entry = MemberHeader(region, listedAt: offset) else { return (members, cut) }
            if let member = entry.member(region) { members.append(member) } else { count -= 1 }
            offset = entry.end
        }
        return (members, nil)
    }

    private static func endRecord(_ region: MappedRegion) -> Int? {
        let last = region.count - 22
        for offset in stride(from: last, through: max(0, last - 65_535), by: -1)
        where region.matches([0x50, 0x4b, 0x05, 0x06], at: offset) {
            return offset
        }
        return nil
    }

    // Walks from header to header; a member whose size is after its data is the last one.
    private static func walked(_ region: MappedRegion) -> [ArchiveMember] {
        var members: [ArchiveMember] = []
        var offset = 0
        while members.count < TarArchive.memberLimit, let entry = MemberHeader(region, headedAt: offset) {
            if let member = entry.member(region) { members.append(member) }
            guard entry.end > offset else { break }
            offset = entry.end
        }
        return members
    }

    package static func little(_ region: MappedRegion, _ offset: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(region.byte(at: offset + $1) ?? 0) << UInt64(8 * $1) }
    }

    /// The header of a member.
    private struct MemberHeader {
        var name: [UInt8]
        var flags: UInt64
        var method: UInt64
        var packedSize: Int
        var size: Int
        /// The offset of the member's own header.
        var header: Int
        /// The offset of the next member.
        var end: Int

        // Reads an entry of the list at the end.
        init?(_ region: MappedRegion, listedAt offset: Int) {
            guard offset >= 0, region.matches([0x50, 0x4b, 0x01, 0x02], at: offset) else { return nil }
            func number(_ place: Int, _ count: Int) -> UInt64 { little(region, offset + place, count) }
            flags = number(8, 2)
            method = number(10, 2)
            packedSize = Int(number(20, 4))
            size = Int(number(24, 4))
            header = Int(number(42, 4))
            let (nameSize, extraSize) = (Int(number(28, 2)), Int(number(30, 2)))
            let extra = offset + 46 + nameSize
            end = extra + extraSize + Int(number(32, 2))
            guard end <= region.count else { return nil }
            name = region.copy(offset + 46..<extra)
            widen(region, extra..<extra + extraSize)
        }

        // Reads the header before a member's data.
        init?(_ region: MappedRegion, headedAt offset: Int) {
            guard offset >= 0, region.matches([0x50, 0x4b, 0x03, 0x04], at: offset),
                region.count - offset >= 30
            else { return nil }
            func number(_ place: Int, _ count: Int) -> UInt64 { little(region, offset + place, count) }
            flags = number(6, 2)
            method = number(8, 2)
            packedSize = Int(number(18, 4))
            size = Int(number(22, 4))
            header = offset
            let extra = offset + 30 + Int(number(26, 2))
            let data = extra + Int(number(28, 2))
            name = region.copy(offset + 30..<extra)
            end = data
            widen(region, extra..<data)
            let (next, isTooFar) = data.addingReportingOverflow(packedSize)
            end = isTooFar ? region.count : min(next, region.count)
            // The sizes are after the data.
            if flags & 8 != 0, packedSize == 0 { (packedSize, end) = (region.count - data, region.count) }
        }

        // Reads 64-bit sizes in this order, each only if its 32-bit field is all ones.
        private mutating func widen(_ region: MappedRegion, _ extra: Range<Int>) {
            var offset = extra.lowerBound
            while offset + 4 <= extra.upperBound {
                let id = little(region, offset, 2)
                let next = offset + 4 + Int(little(region, offset + 2, 2))
                guard id == 1 else {
                    offset = next
                    continue
                }
                var field = offset + 4
                for value in [\MemberHeader.size, \MemberHeader.packedSize, \MemberHeader.header]
                where self[keyPath: value] == 0xffff_ffff && field + 8 <= next {
                    self[keyPath: value] = Int(clamping: little(region, field, 8))
                    field += 8
                }
                return
            }
        }

        /// Returns the member; nil for folders.
        func member(_ region: MappedRegion) -> ArchiveMember? {
            guard name.last != UInt8(ascii: "/") else { return nil }
            guard region.matches([0x50, 0x4b, 0x03, 0x04], at: header) else {
                return ArchiveMember(
                    name: name, size: size, content: .unread("not where the list of members says"))
            }
            let data =
                header + 30 + Int(little(region, header + 26, 2)) + Int(little(region, header + 28, 2))
            let (last, isTooFar) = data.addingReportingOverflow(packedSize)
            let range =
                min(
                    data, region.count)..<max(
                    min(isTooFar ? region.count : last, region.count), min(data, region.count))
            return ArchiveMember(
                name: name, size: size == 0 ? range.count : size, content: content(region.slice(range)),
                range: header..<range.upperBound)
        }

        private func content(_ bytes: MappedRegion) -> ArchiveMember.Content {
            if flags & 1 != 0 { return .unread("encrypted") }
            return switch method {
            case 0: .region(bytes)
            case 8: .packed(DeflateCodec.self, bytes)
            case 12: .packed(Bzip2Codec.self, bytes)
            case 93: .packed(ZstdCodec.self, bytes)
            case 95: .packed(XZCodec.self, bytes)
            default: .unread("compressed by method \(method)")
            }
        }
    }
}
