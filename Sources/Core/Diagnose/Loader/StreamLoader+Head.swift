import Bytes
import Format

/// The configuration section (migration/savevm.c vmstate_configuration, 7.2 and 10.0).
extension StreamLoader {
    /// Bits of the smallest page of targets whose page size varies (Arm), which stand for a subsection that is
    /// not there.
    private static let leastPageBits = 10

    package mutating func configuration() throws(End) {
        start = 8
        let hasOwn = input.peek() == SectionType.configuration.rawValue
        guard context.target.map({ $0.state.machine != nil }) ?? hasOwn else { return }
        guard hasOwn else {
            throw stop(
                .configurationMissing, at: 8, size: 1, "expected 07 (CONFIGURATION), found another section",
                .noConfiguration(input.peek() ?? 0),
                hint:
                    "the source's machine type is 2.3 or older: start the destination with the same machine type"
            )
        }
        _ = input.byte()
        let length = Int(input.number(4))
        let nameStart = input.position
        let name = input.bytes(length)
        guard !input.isPastEnd else {
            throw stop(
                .sectionCut, at: 9, size: 4, "the machine type has \(length) bytes, more than the stream",
                QEMULog(
                    [], cause: .end(structure: "configuration"),
                    chain: [FieldStep(structure: "configuration", field: "name", type: "buffer")],
                    .inputOutput))
        }
        let pageBits = try configurationSubsections()
        try machine(name, at: nameStart)
        if let local = context.target?.state.targetPageBits {
            let received = pageBits ?? Self.leastPageBits
            guard received == local else {
                throw stop(
                    .pageBits, at: 9, size: 0, "pages have \(received) bits, the destination's \(local)",
                    .pageBits(received, local: local))
            }
        }
        for code: FindingCode in [.capability, .uuid] { try stopAtKnown(code, in: 8..<input.position) }
    }

    // Gives back the page bits, where they are given.
    private mutating func configurationSubsections() throws(End) -> Int? {
        var pageBits: Int?
        let region = context.region
        while let header = SubsectionHeader(region, at: input.position, limit: region.count),
            header.name.count > "configuration".utf8.count,
            region.matches("configuration", at: header.name.lowerBound)
        {
            let name = DisplayText.escaped(bytes: region.copy(header.name).prefix { $0 != 0 })
            let version = header.version & 0xff
            input.position = header.end
            let read: (inout LoaderInput) -> Int? =
                switch name {
                case "configuration/target-page-bits": { Int($0.number(4)) }
                case "configuration/capabilities": Self.capabilities
                case "configuration/uuid":
                    {
                        $0.skip(16)
                        return nil
                    }
                default:
                    throw stop(
                        .subsectionUnknown, at: header.name.lowerBound, size: header.name.count,
                        "subsection \(name) is not one that a QEMU known here has",
                        QEMULog(
                            [], cause: .unknownSubsection(name: name, parent: "configuration"), .noEntry))
                }
            guard version == 1 else {
                throw stop(
                    .subsectionVersion, at: header.name.upperBound, size: 4,
                    "subsection \(name) has version \(version), expected 1",
                    QEMULog(
                        [],
                        cause: version > 1
                            ? QEMULog.tooNew(name, version, local: 1)
                            : QEMULog.tooOld(name, version, minimum: 1),
                        subsections: [SubsectionStep(name: name, parent: "configuration", depth: 0)]))
            }
            pageBits = read(&input) ?? pageBits
        }
        return pageBits
    }

    // A count, then counted names.
    private static func capabilities(_ input: inout LoaderInput) -> Int? {
        var left = input.number(4)
        while left > 0, !input.isPastEnd {
            input.skip(Int(input.byte()))
            left -= 1
        }
        return nil
    }

    // Compared over the received length, as C strings.
    private func machine(_ received: [UInt8], at offset: Int) throws(End) {
        let local: [UInt8]
        if let dump = context.dump?.machine {
            local = Array(dump.utf8)
        } else if let target = context.target, let name = target.state.machine {
            local = Array(target.table.names.bytes(name))
        } else {
            return
        }
        let text = Array(received.prefix { $0 != 0 })
        guard text.count == received.count ? !local.starts(with: text) : local != text else { return }
        let (here, there) = (DisplayText.escaped(bytes: text), DisplayText.escaped(bytes: local))
        throw stop(
            .machine, at: offset, size: received.count,
            "machine type is \(here), the destination's is \(there)",
            .machine(here, local: there), hint: "start the destination with -machine \(here)")
    }
}
