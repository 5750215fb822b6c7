import Bytes

/// A packet capture (tcpdump, Wireshark) of a migration over TCP.
package enum PacketCapture: ContainerFormat {
    package static func recognizes(_ region: MappedRegion) -> Bool { CaptureReader(region) != nil }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        guard let job = CaptureJob(region, request) else {
            throw .notAStream(path: request.path, found: "other bytes", advice: "try: another file")
        }
        return Peeled(layer: ContainerLayer("capture"), content: .job(job))
    }
}

/// Reassembles the connections of migrations in one pass over the capture. A second pass handles those whose
/// first bytes arrived after more data than can be held.
package final class CaptureJob: ContainerJob {
    package var name: String { reader.name }

    private let request: PeelRequest
    private let region: MappedRegion
    private var reader: CaptureReader
    // In the order in which they began.
    private var flows: [TCPFlow] = []
    private var current: [Ends: Int] = [:]
    private var isEnded = false
    private var isSecond = false
    private var held = 0
    private var isCancelled = false
    private var givenBack = 0
    private var written = 0
    private var packetCount = 0
    private var segmentCount = 0
    private var nextLook = 0
    private var stop: UnpackStop?
    private var hasTooMany = false
    // The counts of the first pass, if there is a second one.
    private var firstCounts: (packets: Int, segments: Int)?
    private var damage: Int?
    // Connections to a migration's port whose kind is unknown.
    private var headless: [String] = []
    // The connections that are kept.
    private var kept: [TCPFlow] = []
    // The fragmented datagrams, each with the number of packets read when it was seen.
    private var heads: [TCPSegment.Fragment.Datagram: (segment: TCPSegment, number: Int)] = [:]
    private var early: [TCPSegment.Fragment.Datagram: [(segment: TCPSegment, number: Int)]] = [:]
    private var earlyCount = 0

    private struct Ends: Hashable {
        var source: Endpoint
        var target: Endpoint
    }

    // Each kept connection takes a descriptor; a migration has at most 255 channels.
    private static let keptLimit = 600
    private static let flowLimit = 1 << 16
    private static let pieceSize = 1 << 23
    private static let faultReach = 1 << 21
    // Far fewer than there are datagram numbers.
    private static let datagramLimit = 1024
    private static let earlyLimit = 1 << 14
    private static let lookDistance = 64 << 20
    // The maximum total size in bytes that connections of unknown kind may hold.
    private static let heldLimit = 16 << 20
    // The maximum number of connections with the same ends that are searched for a late segment.
    private static let sameEndsLimit = 8
    // The number of packets by which a connection may seem to begin before the main one.
    private static let disorder = 64

    package init?(_ region: MappedRegion, _ request: PeelRequest) {
        guard let reader = CaptureReader(region) else { return nil }
        self.reader = reader
        self.region = region
        self.request = request
        region.advise(.sequential, 0..<region.count)
    }

    package var progress: Unpacker.Progress {
        let before = isSecond ? region.count : 0
        return Unpacker.Progress(
            consumed: before + reader.position, total: before + region.count, produced: written)
    }

    package func cancel() { isCancelled = true }

    package func step(budget: Int) -> Bool {
        let end = reader.position.addingSaturated(budget)
        while !isEnded, !isCancelled, reader.position < end {
            guard let packet = reader.next() else {
                isEnded = !readAgain()
                break
            }
            packetCount += 1
            if let segment = TCPSegment(region, packet) {
                if let fragment = segment.fragment { join(segment, fragment) } else { take(segment) }
            }
            giveBack()
        }
        return !isEnded && !isCancelled
    }

    private func giveBack() {
        guard reader.position - givenBack > Self.pieceSize else { return }
        // A fault also maps neighboring cached pages, including earlier ones, which brings released pages
        // back.
        region.advise(.done, max(0, givenBack - Self.faultReach)..<reader.position)
        givenBack = reader.position
    }

    // The first fragment has the ports, so fragments before it wait for it. Datagram numbers are reused, so
    // only nearby fragments belong together.
    private func join(_ segment: TCPSegment, _ fragment: TCPSegment.Fragment) {
        let key = fragment.datagram
        if heads.count > 4 * Self.datagramLimit { heads = heads.filter { isNear($0.value.number) } }
        if earlyCount > Self.earlyLimit { (early, earlyCount) = ([:], 0) }
        if fragment.offset == 0 {
            heads[key] = (segment, packetCount)
            take(segment)
            for piece in early.removeValue(forKey: key) ?? [] where isNear(piece.number) {
                if let part = segment.part(piece.segment) { take(part) }
            }
        } else if let head = heads[key], isNear(head.number) {
            if let part = head.segment.part(segment) { take(part) }
        } else {
            early[key, default: []].append((segment, packetCount))
            earlyCount += 1
        }
    }

    private func isNear(_ number: Int) -> Bool { packetCount - number < Self.datagramLimit }

    // Prepares a second pass; returns whether one is needed.
    private func readAgain() -> Bool {
        guard !isSecond, stop == nil else { return false }
        decideAll()
        let late = flows.filter { $0.isLate && $0.kind != nil && !$0.isIgnored }
        guard !late.isEmpty, let again = CaptureReader(region) else { return false }
        for flow in late { flow.readAgain(folder: request.options.temporaryFolder) }
        (firstCounts, damage) = ((packetCount, segmentCount), reader.damage)
        (reader, isSecond, packetCount, givenBack) = (again, true, 0, 0)
        (heads, early, earlyCount) = ([:], [:], 0)
        return true
    }

    // The connections besides a main channel depend on it, so it is decided first.
    private func decideAll() {
        let folder = request.options.temporaryFolder
        for isFirst in [true, false] {
            for flow in flows where flow.kind == nil && !flow.isIgnored {
                let start = flow.startBytes
                let found = ConnectionKind.of(start)
                guard !isFirst || found == .stream || found == .resumed else { continue }
                // A packet that is not the first of its channel shows that others were not captured.
                let isHeadless = start.isEmpty || !flow.hasStart && found?.isSure(start) != true
                if isHeadless, flow.end > 0, isBesideMain(flow), found == nil || found == .multifd {
                    if flow.hasStart, flow.hasMultifdPacket {
                        flow.take(as: .multifd, isFinal: true, folder: folder) { decide($0, flow) }
                        continue
                    }
                    headless.append("\(flow.source.text) → \(flow.target.text)")
                    if found == .multifd { continue }
                }
                flow.recognize(isFinal: true, folder: folder) { decide($0, flow) }
            }
        }
    }

    private func isBesideMain(_ flow: TCPFlow) -> Bool {
        kept.contains { $0.isMain && $0.target == flow.target }
    }

    private func take(_ segment: TCPSegment) {
        segmentCount += 1
        let ends = Ends(source: segment.source, target: segment.target)
        let newest = current[ends]
        if let number = flow(segment, newest) { return give(segment, to: flows[number]) }
        guard !isSecond, segment.isSYN || segment.size > 0 else { return }
        guard flows.count < Self.flowLimit else { return hasTooMany = true }
        current[ends] = flows.count
        let flow = TCPFlow(segment, born: packetCount, previous: newest)
        flows.append(flow)
        give(segment, to: flow)
    }

    // Returns the connection with the same ends to which a segment belongs: the newest possible one.
    private func flow(_ segment: TCPSegment, _ newest: Int?) -> Int? {
        var place = newest
        for _ in 0..<Self.sameEndsLimit {
            guard let number = place else { break }
            let flow = flows[number]
            if segment.isSYN ? flow.begins(with: segment) : flow.reaches(segment) { return number }
            place = flow.previous
        }
        return nil
    }

    private func give(_ segment: TCPSegment, to flow: TCPFlow) {
        if stop != nil || isSecond && !flow.isLate { return }
        if flow.kind != nil, isSecond || !flow.isLate {
            written += segment.payload.count
            let limit = request.options.maxUnpacked ?? .max
            if written > limit { return stop = .limit(limit) }
            if written > nextLook {
                guard flow.room(reserve: request.options.reserve) > Self.lookDistance else {
                    return stop = .noRoom(folder: request.options.temporaryFolder ?? "the temporary files")
                }
                nextLook = written + Self.lookDistance
            }
        }
        if segment.size > 0, !isSecond { flow.note(packet: packetCount) }
        let before = flow.heldSize
        flow.take(segment, region, folder: request.options.temporaryFolder) { decide($0, flow) }
        held += flow.heldSize - before
        if held > Self.heldLimit {
            held -= flow.heldSize
            flow.holdLess()
            held += flow.heldSize
        }
        if let problem = flow.problem { stop = problem }
    }

    private func decide(_ kind: ConnectionKind, _ flow: TCPFlow) -> TCPFlow.Decision {
        let decision: TCPFlow.Decision =
            switch kind {
            case .stream, .resumed, .multifd, .cpr: .keep
            case .returnPath:
                kept.contains { $0.isMain && $0.source == flow.target && $0.target == flow.source }
                    ? .keep : .wait
            case .preempt: isBesideMain(flow) ? .keep : .wait
            case .tls: .ignore
            }
        guard decision == .keep else { return decision }
        guard kept.count < Self.keptLimit else {
            hasTooMany = true
            return .ignore
        }
        kept.append(flow)
        return .keep
    }

    package func result() throws(OpenError) -> Peeled {
        if !isSecond { decideAll() }
        for flow in flows { flow.flush() }
        let mains = flows.indices.filter { flows[$0].kind == .stream && !flows[$0].isIgnored }
        guard !mains.isEmpty else { throw nothing() }
        let number = try choose(mains)
        let main = flows[mains[number]]
        guard let content = try main.region() else { throw nothing() }
        let beside = companions(of: mains, number)
        var layer = ContainerLayer(
            reader.name, title: "\(reader.name) \(main.source.text) → \(main.target.text)", isUnpacked: true)
        layer.isCapture = true
        let header = reader.name == "pcap" ? 24 : 0
        layer.parts = [
            ContainerPart("header", 0..<header),
            ContainerPart(
                "packets", header..<region.count, text: "\(firstCounts?.packets ?? packetCount) packets"),
        ]
        layer.members = flows.indices.filter { flows[$0].kind != nil && !flows[$0].isIgnored }.map { place in
            let flow = flows[place]
            let words = "\(flow.source.text) → \(flow.target.text) \(flow.kind?.label ?? "")"
            return MemberSummary(
                name: words, size: flow.end, isOpen: place == mains[number] || beside.contains(place))
        }
        var peeled = Peeled(layer: layer, content: .region(content))
        peeled.lost = main.lost
        for place in beside {
            guard let kind = flows[place].kind, let region = try flows[place].region() else { continue }
            let flow = flows[place]
            peeled.channels.append(
                WireChannel(
                    kind: kind, name: "\(flow.source.text) → \(flow.target.text)", region: region,
                    lost: flow.lost))
        }
        peeled.findings = findings(mains, number, peeled)
        peeled.hasChosenMigration = request.options.migration != nil
        return peeled
    }

    // The connections of a migration have the same target port, and begin after its main channel and before
    // the next one.
    private func companions(of mains: [Int], _ number: Int) -> [Int] {
        let main = flows[mains[number]]
        let candidates = mains.map { flows[$0] }
        var anchors = candidates.map { (flow: $0, main: $0) }
        for flow in flows where flow.kind == .resumed && !flow.isIgnored {
            if let first = Self.main(before: flow, candidates) { anchors.append((flow, first)) }
        }
        anchors.sort { $0.flow.born < $1.flow.born }
        return flows.indices.filter { place in
            let flow = flows[place]
            guard let kind = flow.kind, !flow.isIgnored, place != mains[number], kind != .stream else {
                return false
            }
            if kind == .resumed { return anchors.contains { $0.flow === flow && $0.main === main } }
            let isBack = kind == .returnPath
            let others = anchors.filter {
                isBack
                    ? $0.flow.target == flow.source && $0.flow.source == flow.target
                    : $0.flow.target == flow.target
            }
            return (others.last { $0.flow.born <= flow.born + Self.disorder } ?? others.first)?.main === main
        }
    }

    // The main channel that a recovery continues: one whose data ended earlier, preferably to the same address;
    // the last of those.
    private static func main(before flow: TCPFlow, _ mains: [TCPFlow]) -> TCPFlow? {
        let before = mains.filter { $0.born < flow.born }
        let ended = before.filter { $0.lastData <= flow.born }
        let likely = ended.isEmpty ? before.isEmpty ? mains : before : ended
        return likely.last { $0.target == flow.target }
            ?? likely.last { $0.target.isSameHost(as: flow.target) && $0.source.isSameHost(as: flow.source) }
            ?? likely.last
    }

    private func choose(_ mains: [Int]) throws(OpenError) -> Int {
        guard let wanted = request.options.migration else { return 0 }
        guard mains.indices.contains(wanted - 1) else {
            throw .container(
                path: request.path, offset: 0,
                reason: "\(reader.name): no migration \(wanted), it has \(mains.count)",
                advice: "try: --stream 1 to --stream \(mains.count)")
        }
        return wanted - 1
    }

    // The main channel names the RAM blocks and the machine first; without these no page has an address.
    private func headless(_ flow: TCPFlow) -> OpenError {
        let lost =
            flow.hasStart
            ? "its first \(flow.firstCaptured) bytes" : "the capture begins in its middle, so its first bytes"
        return .container(
            path: request.path, offset: 0,
            reason:
                "\(reader.name): \(flow.source.text) → \(flow.target.text) is the main channel of a migration; "
                + "\(lost) were not captured; they name the machine and its RAM blocks",
            advice:
                "pages can't be assigned to blocks without them; try: begin the capture before the migration, with "
                + "`tcpdump -s 0 -B 65536`, or migscope record")
    }

    private func nothing() -> OpenError {
        // Both directions begin alike.
        let ends = flows.filter { $0.kind == .tls }.map { Set([$0.source, $0.target]) }
        let encrypted = Set(ends).count
        guard encrypted == 0 else {
            return .container(
                path: request.path, offset: 0,
                reason:
                    "\(reader.name): \(encrypted) TLS connection\(encrypted == 1 ? "" : "s"), but no migration that can be read",
                advice: "they are encrypted; try: migrate without TLS, or into a file")
        }
        guard !flows.contains(where: { $0.kind == .resumed }) else {
            return .container(
                path: request.path, offset: 0,
                reason:
                    "\(reader.name): only connections of a postcopy recovery, which continue a migration whose "
                    + "first connection was not captured",
                advice: "try: begin the capture before the migration, or a recording of both connections")
        }
        if let flow = flows.first(where: \.hasSections) { return headless(flow) }
        let channels = flows.count { $0.kind == .multifd }
        return .container(
            path: request.path, offset: damage ?? reader.damage ?? 0,
            reason: "\(reader.name): no connection begins like a migration in \(packetCount) packets "
                + "(\(segmentCount) of TCP, \(channels) multifd channels)",
            advice: "try: begin the capture before the migration, with `tcpdump -s 0`")
    }

    private func findings(_ mains: [Int], _ number: Int, _ peeled: Peeled) -> [Finding] {
        var findings: [Finding] = []
        if mains.count > 1, request.options.migration == nil {
            findings.append(
                Finding(
                    .note, .streamChosen, offset: 0,
                    message: "expected the number of one of \(mains.count) migrations, took the first",
                    hint: "--stream N opens another"))
        }
        if let damage = damage ?? reader.damage {
            findings.append(
                Finding(
                    .error, .containerTruncated, offset: 0,
                    message:
                        "\(reader.name): expected a packet at \(Hex.offset(damage)) of the file, found other bytes "
                        + "or the end",
                    hint: "the capture is cut or damaged; what comes before is shown"))
        }
        if let stop { findings.append(stop.finding(format: reader.name, count: written)) }
        if isCancelled, !isEnded {
            findings.append(UnpackStop.cancelled.finding(format: reader.name, count: written))
        }
        if hasTooMany {
            findings.append(
                Finding(
                    .warning, .wireConnections, offset: 0,
                    message: "\(reader.name): more connections than are kept, later ones are left out",
                    hint: "try: `tcpdump -r FILE -w SMALLER port PORT`"))
        }
        if let first = headless.first {
            findings.append(
                Finding(
                    .warning, .wireConnections, offset: 0,
                    message: "expected the first bytes of each connection to the migration's port, those of "
                        + "\(headless.count) were not captured: \(first)",
                    hint: "it may be a channel of the migration, whose pages are absent then"))
        }
        if let first = peeled.lost.ranges.first {
            findings.append(Self.lost(peeled.lost, "main channel", offset: first.lowerBound))
        }
        for channel in peeled.channels where !channel.lost.isEmpty {
            findings.append(Self.lost(channel.lost, "\(channel.kind.label) \(channel.name)", offset: 0))
        }
        return findings
    }

    private static func lost(_ lost: LostRanges, _ words: String, offset: Int) -> Finding {
        Finding(
            .error, .wireLost, offset: offset, size: lost.ranges.first?.count ?? 0,
            message:
                "expected all segments of the \(words), \(lost.byteCount) bytes in \(lost.ranges.count) gaps were "
                + "not captured",
            hint: "they read as zero here, and pages in them as absent; the destination may have had them")
    }
}
