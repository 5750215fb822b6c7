import Bytes

/// A tar archive (POSIX ustar and pax, GNU, and the older form), whose members are stored unchanged.
///
/// libarchive could read tar too, but brings libxml2, ICU, nettle and ACLs into a static program.
package enum TarArchive: ContainerFormat {
    package static let blockSize = 512
    /// The maximum number of members that are listed.
    package static let memberLimit = 1 << 16
    private static let longNameLimit = 1 << 16

    package static func recognizes(_ region: MappedRegion) -> Bool {
        TarHeader(region, at: 0) != nil
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        let (members, problem) = members(region)
        let choice = try MemberChoice(members, kind: "tar archive", request)
        var peeled = try Peeled.archive("tar", choice, request)
        if let problem { peeled.findings.append(problem) }
        return peeled
    }

    /// Returns the regular files of an archive, and the place where it breaks off. O(members).
    package static func members(_ region: MappedRegion) -> (members: [ArchiveMember], problem: Finding?) {
        var members: [ArchiveMember] = []
        var offset = 0
        // The data in the headers before a member.
        var name: [UInt8]?
        var size: Int?
        var isSparse = false
        while members.count < memberLimit, offset < region.count, !isEnd(region, at: offset) {
            guard let header = TarHeader(region, at: offset) else {
                return (members, problem(offset, "another header"))
            }
            let body = offset + blockSize
            let count = header.isRegular ? size ?? header.size : header.size
            let (end, isTooFar) = body.addingReportingOverflow(count)
            let isCut = isTooFar || end > region.count
            switch header.type {
            case "L":
                name = Array(region.copy((body..<body + min(count, longNameLimit))).prefix { $0 != 0 })
            case "x":
                let records = PAXRecords(region.copy(body..<body + min(count, longNameLimit)))
                name = records.path ?? name
                size = records.size ?? size
                isSparse = isSparse || records.isSparse
            default:
                if header.isRegular {
                    let content = isCut ? body..<region.count : body..<end
                    let file = region.slice(content)
                    members.append(
                        ArchiveMember(
                            name: name ?? header.name, size: content.count,
                            content: isSparse || header.type == "S"
                                ? .unread("sparse, without its holes") : .region(file),
                            range: offset..<content.upperBound))
                }
                (name, size, isSparse) = (nil, nil, false)
            }
            if isCut { return (members, problem(region.count, "\(count) bytes of a member")) }
            offset = end + (blockSize - end % blockSize) % blockSize
        }
        return (members, nil)
    }

    private static func isEnd(_ region: MappedRegion, at offset: Int) -> Bool {
        region.span(offset..<offset + blockSize).isAllZero
    }

    private static func problem(_ offset: Int, _ expected: String) -> Finding {
        Finding(
            .error, .containerTruncated, offset: 0,
            message:
                "tar archive: expected \(expected) at \(Hex.offset(offset)), found other bytes or the end",
            hint: "the archive is cut or damaged; the part before is shown")
    }
}

/// A header block of a member in a tar archive.
private struct TarHeader {
    package let name: [UInt8]
    /// The size of the content in bytes.
    package let size: Int
    package let type: Character

    /// Whether it is a file: type 0, the NUL of the older form, 7 (contiguous), or S (GNU sparse).
    package var isRegular: Bool { ["0", "\0", "7", "S"].contains(type) }

    /// Nil unless the block has a name and a correct checksum.
    package init?(_ region: MappedRegion, at offset: Int) {
        guard region.count - offset >= TarArchive.blockSize, offset >= 0 else { return nil }
        let block = region.copy(offset..<offset + TarArchive.blockSize)
        guard block[0] != 0, let claimed = Self.number(block[148..<156]) else { return nil }
        // The field itself counts as blanks.
        let sum = block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(block[$1])) }
        guard sum == claimed, let size = Self.number(block[124..<136]) else { return nil }
        self.size = size
        type = Character(UnicodeScalar(block[156]))
        let own = block[0..<100].prefix { $0 != 0 }
        let isPOSIX = block[257..<263].elementsEqual(Array("ustar".utf8) + [0])
        let prefix = isPOSIX ? block[345..<500].prefix { $0 != 0 } : []
        name = prefix.isEmpty ? Array(own) : Array(prefix) + [UInt8(ascii: "/")] + Array(own)
    }

    // Reads octal digits between blanks, or GNU's big-endian bytes after 0x80; nil for negative and damaged
    // ones.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first else { return nil }
        if first == 0x80 {
            guard field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else { return nil }
            let value = field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Int(exactly: value)
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
        guard !digits.isEmpty || field.allSatisfy({ $0 == 0 || $0 == 0x20 }) else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit), value < 1 << 56 else { return nil }
            value = value << 3 | Int(digit & 7)
        }
        return value
    }
}

/// The extended header of pax: records of `LENGTH KEY=VALUE\n`.
private struct PAXRecords {
    private(set) var path: [UInt8]?
    private(set) var size: Int?
    private(set) var isSparse = false

    package init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let blank = rest.firstIndex(of: 0x20),
            let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
            length > blank - rest.startIndex + 1, length <= rest.count
        {
            let record = rest[(blank + 1)..<(rest.startIndex + length)].dropLast()
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = record[(equals + 1)...]
            switch String(decoding: record[..<equals], as: UTF8.self) {
            case "path", "GNU.sparse.name": path = Array(value)
            case "size": size = Int(String(decoding: value, as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
            case "GNU.sparse.major", "GNU.sparse.size", "GNU.sparse.map": isSparse = true
            default: break
            }
        }
    }
}
