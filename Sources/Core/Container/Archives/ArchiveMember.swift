import Bytes

/// A file in an archive or in a folder.
package struct ArchiveMember {
    /// The form of its bytes.
    package enum Content {
        /// Stored unchanged.
        case region(MappedRegion)
        /// Packed by a codec.
        case packed(any Codec.Type, MappedRegion)
        /// In an unsupported form, with the text after "it is".
        case unread(String)
    }

    /// The unmodified path inside the archive.
    package var name: [UInt8]
    /// The unpacked size in bytes.
    package var size: Int
    package var content: Content
    /// The range of its header and its bytes in the archive; empty for a file of a folder.
    package var range = 0..<0

    package init(name: [UInt8], size: Int, content: Content, range: Range<Int> = 0..<0) {
        self.name = name
        self.size = size
        self.content = content
        self.range = range
    }

    package var shownName: String { DisplayText.escaped(bytes: name) }

    /// The path without its last component.
    package var folder: ArraySlice<UInt8> { name[..<((name.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)] }

    package var lastComponent: ArraySlice<UInt8> { name[folder.endIndex...] }

    /// Returns the name without `.fwd` or `.back`, the suffixes of the two directions of a connection; nil
    /// for other names.
    package func connection(_ suffix: String) -> ArraySlice<UInt8>? {
        let end = Array(suffix.utf8)
        return name.count > end.count && name.suffix(end.count).elementsEqual(end)
            ? name.dropLast(end.count) : nil
    }

    package var isPacked: Bool {
        if case .packed = content { true } else { false }
    }

    /// The reason why its bytes can't be read; nil if they can.
    package var unreadReason: String? {
        if case .unread(let words) = content { words } else { nil }
    }

    /// Returns its bytes for the container around it.
    package func inside(path: String) throws(OpenError) -> Peeled.Content {
        switch content {
        case .region(let region): return .region(region)
        case .unread(let words):
            throw .container(
                path: path, offset: range.lowerBound, reason: "\"\(shownName)\" is \(words)",
                advice: "try: extract it with the archive's own program")
        case .packed(let codec, let region):
            do throws(UnpackFailure) {
                return .packed(CodecProducer(try codec.init(), InputWindow(region)))
            } catch {
                let stop = UnpackStop(error)
                throw .container(
                    path: path, offset: range.lowerBound, reason: "\(codec.name): \(stop.reason)",
                    advice: stop.hint)
            }
        }
    }

    /// Returns the first unpacked bytes; fewer if it is shorter or damaged. O(count), and a block of a codec.
    package func start(_ count: Int = 64) -> [UInt8] {
        switch content {
        case .region(let region): return region.copy(0..<count)
        case .unread: return []
        case .packed(let codec, let region):
            var bytes = [UInt8](repeating: 0, count: count)
            let made = bytes.withUnsafeMutableBytes { buffer in
                do throws(UnpackFailure) {
                    let producer = CodecProducer(try codec.init(), InputWindow(region))
                    return try producer.produce(into: buffer)
                } catch {
                    return 0
                }
            }
            return Array(bytes.prefix(made))
        }
    }
}

/// The choice of the member that is the stream.
package struct MemberChoice {
    /// The kinds of members, in order of preference.
    private enum Rank: Int {
        case stream, image, packed, channel, other
    }

    package let members: [ArchiveMember]
    /// The number of the member that is opened.
    package private(set) var main: Int
    /// The numbers of its channels.
    package private(set) var channels: [Int] = []
    package private(set) var findings: [Finding] = []
    /// Whether `ContainerOptions.migration` has chosen the member.
    package private(set) var hasChosenMigration = false

    /// - Throws: `OpenError.container` if no member matches the request, or none is a stream.
    package init(_ members: [ArchiveMember], kind: String, _ request: PeelRequest) throws(OpenError) {
        self.members = members
        main = 0
        let ranks = members.map(Self.rank)
        if let wanted = request.options.member {
            main = try Self.named(wanted, members, kind, request)
        } else {
            main = try Self.best(ranks, members, kind, request)
            if let migrations = Self.migrations(ranks, members), ranks[main] == .stream {
                try choose(migrations, kind, request)
            } else {
                noteOthers(ranks, kind)
            }
        }
        if ranks[main] == .stream || ranks[main] == .channel { findChannels(ranks) }
    }

    private static func rank(_ member: ArchiveMember) -> Rank {
        guard member.size > 0 else { return .other }
        let start = member.start()
        switch ConnectionKind.of(start) {
        case .stream: return .stream
        case .multifd, .cpr, .returnPath, .resumed: return .channel
        // Few bytes show this, so the name must confirm it.
        case .preempt where member.connection(".fwd") != nil: return .channel
        case .preempt, .tls, nil: break
        }
        let images: [[UInt8]] = [
            Array(LibvirtImage.completeMagic.utf8), Array(LibvirtImage.partialMagic.utf8), QCOW2Header.magic,
        ]
        if images.contains(where: start.starts(with:)) { return .image }
        return Codecs.recognized(start.prefix(16)[...]) == nil ? .other : .packed
    }

    private static func named(
        _ wanted: String, _ members: [ArchiveMember], _ kind: String, _ request: PeelRequest
    ) throws(OpenError) -> Int {
        let bytes = FileName.bytes(wanted)
        let exact = members.lastIndex { $0.name.elementsEqual(bytes) }
        if let number = exact ?? members.lastIndex(where: { $0.lastComponent.elementsEqual(bytes) }) {
            return number
        }
        throw refusal(
            request, 0, "\(kind): no member \"\(FileName.shown(wanted))\"",
            "try one of: \(list(members))")
    }

    private static func best(
        _ ranks: [Rank], _ members: [ArchiveMember], _ kind: String, _ request: PeelRequest
    ) throws(OpenError) -> Int {
        guard !members.isEmpty else {
            throw refusal(request, 0, "\(kind): it has no file", "try: another file")
        }
        let best = ranks.indices.min { ranks[$0].rawValue < ranks[$1].rawValue } ?? 0
        guard ranks[best] == .other, members.count > 1 else { return best }
        let encrypted = members.count { $0.size > 0 && ConnectionKind.of($0.start()) == .tls }
        if encrypted > 0 {
            throw refusal(
                request, 0,
                "\(kind): it has no stream; \(encrypted) of its \(members.count) files are TLS data",
                "they are encrypted; try: migrate without TLS, or into a file")
        }
        let unread = members.compactMap { member in member.unreadReason.map { (member, $0) } }
        if let (member, words) = unread.first {
            throw refusal(
                request, member.range.lowerBound,
                "\(kind): \(unread.count) of its \(members.count) files can't be read: \"\(member.shownName)\" is \(words)",
                "try: unpack it with the archive's own program")
        }
        throw refusal(
            request, 0, "\(kind): none of its \(members.count) files begins like a stream",
            "try: --member with one of: \(list(members))")
    }

    private static func list(_ members: [ArchiveMember]) -> String {
        let names = members.prefix(8).map { "\"\($0.shownName)\"" }.joined(separator: ", ")
        return members.count > 8 ? names + ", …" : names
    }

    package static func refusal(_ request: PeelRequest, _ offset: Int, _ words: String, _ advice: String)
        -> OpenError
    {
        .container(path: request.path, offset: offset, reason: words, advice: advice)
    }

    private mutating func noteOthers(_ ranks: [Rank], _ kind: String) {
        let alike = ranks.indices.filter { ranks[$0] == ranks[main] }
        guard ranks[main] != .channel, alike.count > 1 else { return }
        findings.append(
            Finding(
                .note, .memberChosen, offset: 0,
                message:
                    "\(kind): expected the name of one of \(alike.count) members, took the first: "
                    + "\"\(members[main].shownName)\"",
                hint: "--member NAME opens another"))
    }

    // The main channels of a recording of several migrations, in order; nil if not all streams are
    // recordings, or there is only one.
    private static func migrations(_ ranks: [Rank], _ members: [ArchiveMember]) -> [Int]? {
        let mains = members.indices.filter { ranks[$0] == .stream }
        guard mains.count > 1, mains.allSatisfy({ members[$0].connection(".fwd") != nil }) else { return nil }
        return mains.sorted { first, second in
            let (one, other) = (Connection(members[first]), Connection(members[second]))
            return one.stem.elementsEqual(other.stem)
                ? one.number ?? 0 < other.number ?? 0 : one.stem.lexicographicallyPrecedes(other.stem)
        }
    }

    private mutating func choose(
        _ migrations: [Int], _ kind: String, _ request: PeelRequest
    ) throws(OpenError) {
        main = migrations[0]
        if let wanted = request.options.migration {
            guard migrations.indices.contains(wanted - 1) else {
                throw Self.refusal(
                    request, 0, "\(kind): no migration \(wanted), it has \(migrations.count)",
                    "try: --stream 1 to --stream \(migrations.count)")
            }
            main = migrations[wanted - 1]
            hasChosenMigration = true
            return
        }
        let names = migrations.prefix(8).map { "\"\(members[$0].shownName)\"" }.joined(separator: ", ")
        findings.append(
            Finding(
                .note, .streamChosen, offset: 0,
                message: "expected the number of one of \(migrations.count) migrations (\(names)"
                    + "\(migrations.count > 8 ? ", …" : "")), took the first",
                hint: "--stream N opens another"))
    }

    // Finds the files beside the stream that begin like a channel. If another stream is there too, the name
    // decides.
    private mutating func findChannels(_ ranks: [Rank]) {
        let chosen = members[main]
        let beside = members.indices.filter { members[$0].folder == chosen.folder }
        let rivals = beside.filter { ranks[$0] == .stream }.map { Connection(members[$0]) }
        let own = Connection(chosen)
        // A migration owns the connections that were opened after its main channel and before the next one.
        func isOwn(_ connection: Connection) -> Bool {
            guard rivals.count > 1, ranks[main] == .stream else { return true }
            guard connection.stem.elementsEqual(own.stem) else { return false }
            guard let number = connection.number, let first = own.number else { return true }
            let last = rivals.filter { $0.stem.elementsEqual(own.stem) }.compactMap(\.number).filter {
                $0 <= number
            }.max()
            return last == first
        }
        let found = beside.filter { $0 != main && ranks[$0] == .channel }
        let forward = found.filter {
            members[$0].connection(".back") == nil && isOwn(Connection(members[$0]))
        }
        let resumed = forward.filter { ConnectionKind.of(members[$0].start()) == .resumed }
        let answered = ([main] + resumed).compactMap { members[$0].connection(".fwd") }
        for number in found {
            let back = members[number].connection(".back")
            if back.map(answered.contains) ?? forward.contains(number) { channels.append(number) }
        }
    }

    /// The name of a connection's file: the part before the connection's number, and the number.
    private struct Connection {
        var stem: ArraySlice<UInt8>
        var number: Int?

        init(_ member: ArchiveMember) {
            let base = member.connection(".fwd") ?? member.connection(".back") ?? member.name[...]
            let digits = base.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            stem = base.dropLast(digits)
            number = digits == 0 ? nil : Int(String(decoding: base.suffix(digits), as: UTF8.self))
        }
    }
}

extension Peeled {
    /// Returns the chosen member of an archive of that kind.
    package static func archive(
        _ kind: String, _ choice: MemberChoice, _ request: PeelRequest
    ) throws(OpenError) -> Peeled {
        let chosen = choice.members[choice.main]
        let title = "\(kind) member \"\(chosen.shownName)\""
        var layer = ContainerLayer(kind, title: title, isUnpacked: chosen.isPacked)
        layer.members = choice.members.enumerated().map { number, member in
            MemberSummary(
                name: member.shownName, size: member.size,
                isOpen: number == choice.main || choice.channels.contains(number))
        }
        layer.parts = choice.members.map { ContainerPart($0.shownName, $0.range, text: "\($0.size) bytes") }
        var peeled = Peeled(
            layer: layer, content: try chosen.inside(path: request.path), findings: choice.findings)
        peeled.hasChosenMigration = choice.hasChosenMigration
        for number in choice.channels {
            let member = choice.members[number]
            guard let kind = ConnectionKind.of(member.start()) else { continue }
            switch try member.inside(path: request.path) {
            case .region(let region):
                peeled.channels.append(WireChannel(kind: kind, name: member.shownName, region: region))
            case .packed(let producer):
                peeled.packedChannels.append(
                    PackedChannel(kind: kind, name: member.shownName, producer: producer))
            case .job: break
            }
        }
        return peeled
    }
}
