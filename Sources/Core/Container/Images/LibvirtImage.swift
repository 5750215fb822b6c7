import Bytes

/// A save image of libvirt (`virsh save`, `managedsave`): a header, the domain's XML, a cookie, the stream.
package enum LibvirtImage: ContainerFormat {
    package static let completeMagic = "LibvirtQemudSave"
    package static let partialMagic = "LibvirtQemudPart"
    package static let headerSize = 92
    package static let formats = ["raw", "gzip", "bzip2", "xz", "lzop", "zstd", "sparse"]

    package static func recognizes(_ region: MappedRegion) -> Bool {
        region.matches(completeMagic, at: 0) || region.matches(partialMagic, at: 0)
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        guard let header = Header(region) else {
            throw .container(
                path: request.path, offset: region.count,
                reason: "libvirt save image: the file ends in its header",
                advice: "try: copy it again")
        }
        guard (1...2).contains(header.version) else {
            throw .container(
                path: request.path, offset: 16,
                reason: "libvirt save image: version \(header.version), expected 1 or 2",
                advice: "try: a newer release of this program")
        }
        var findings = header.findings(region)
        let payload = try payload(region, header, request, &findings)
        var layer = ContainerLayer("libvirt", title: "libvirt (\(header.formatName))")
        layer.parts = header.parts(region, payload: payload)
        let content = region.slice(payload..<region.count)
        if let finding = header.difference(to: content) { findings.append(finding) }
        return Peeled(layer: layer, content: .region(content), findings: findings)
    }

    // Returns the start of the stream or its compressed form: the offset in the header, or else one found by
    // search.
    private static func payload(
        _ region: MappedRegion, _ header: Header, _ request: PeelRequest, _ findings: inout [Finding]
    ) throws(OpenError) -> Int {
        let claimed = headerSize + header.dataSize
        if isContent(region, at: claimed) { return claimed }
        guard let base = PrefixedStream.base(region, in: headerSize..<PrefixedStream.searchLimit) else {
            let found =
                claimed < region.count ? Hex.dump(region.copy((claimed..<region.count).prefix(8))) : "the end"
            throw .container(
                path: request.path, offset: min(claimed, region.count),
                reason: "libvirt save image (\(header.formatName)): expected the stream, found \(found)",
                advice: header.isPartial
                    ? "the save was interrupted before the stream began; keep the file, it has the domain's XML"
                    : "try: copy it again")
        }
        findings.append(
            Finding(
                .error, .containerSize, offset: 0,
                message:
                    "libvirt save image: expected the stream at byte \(claimed) of the file, found it at \(base)",
                hint: "the header's length of XML and cookie is wrong"))
        return base
    }

    private static func isContent(_ region: MappedRegion, at offset: Int) -> Bool {
        guard offset < region.count else { return false }
        let content = region.slice(offset..<region.count)
        return content.matches("QEVM", at: 0) || CompressedStream.recognizes(content)
    }
}

extension LibvirtImage {
    /// The header, whose integers have the byte order of the host that wrote it.
    package struct Header {
        package let isPartial: Bool
        package let version: Int
        /// The size of XML, cookie and padding in bytes.
        package let dataSize: Int
        package let wasRunning: Bool
        package let format: Int
        /// The offset from the end of the header; 0 without a cookie.
        package let cookieOffset: Int

        /// Nil if the region ends inside the header.
        package init?(_ region: MappedRegion) {
            guard region.count >= headerSize else { return nil }
            let words = (0..<5).map { region.bigEndian(UInt32.self, at: 16 + $0 * 4) ?? 0 }
            let isBigEndian = words[0].byteSwapped > 2 && words[0] <= 2
            let values = words.map { Int(isBigEndian ? $0 : $0.byteSwapped) }
            isPartial = region.matches(partialMagic, at: 0)
            version = values[0]
            dataSize = values[1]
            wasRunning = values[2] != 0
            // Version 1 had no compression and left the number undefined.
            format = values[0] == 1 ? 0 : values[3]
            cookieOffset = values[4]
        }

        package var formatName: String {
            formats.indices.contains(format) ? formats[format] : "format \(format)"
        }

        package func findings(_ region: MappedRegion) -> [Finding] {
            var findings: [Finding] = []
            if isPartial {
                findings.append(
                    Finding(
                        .warning, .containerPartial, offset: 0,
                        message:
                            "expected \(completeMagic), found \(partialMagic): the save was not finished",
                        hint: "the stream is most likely cut", qemu: "save image is incomplete"))
            }
            if cookieOffset > dataSize {
                findings.append(
                    Finding(
                        .error, .containerSize, offset: 0,
                        message: "libvirt cookie: expected at \(dataSize) or below, found at \(cookieOffset)",
                        hint: "the header is damaged; the cookie is not shown"))
            }
            return findings
        }

        /// Returns a finding if the header contradicts the payload's own magic number, which is right.
        package func difference(to content: MappedRegion) -> Finding? {
            let found = CompressedStream.codec(content)?.name ?? "raw"
            if found == formatName || (found == "raw" && formatName == "sparse") { return nil }
            return Finding(
                .warning, .containerFormat, offset: 0,
                message: "libvirt save image: expected \(formatName) as its header says, found \(found)")
        }

        package func parts(_ region: MappedRegion, payload: Int) -> [ContainerPart] {
            let end = min(payload, region.count)
            let hasCookie = cookieOffset > 0 && cookieOffset <= dataSize && headerSize + cookieOffset < end
            let xmlEnd = hasCookie ? headerSize + cookieOffset : end
            var parts = [ContainerPart("header", 0..<headerSize, parts: fields)]
            parts.append(.text("domain XML", region, headerSize..<xmlEnd))
            if hasCookie { parts.append(.text("cookie", region, xmlEnd..<end)) }
            // Space for editing the XML, after the last text.
            if let text = parts.last, let zero = Self.textEnd(region, text.range), zero < end {
                parts[parts.count - 1].range = text.range.lowerBound..<zero
                parts.append(ContainerPart("padding", zero..<end))
            }
            return parts + [ContainerPart("stream", end..<region.count)]
        }

        // Returns the offset after the NUL that ends a text.
        private static func textEnd(_ region: MappedRegion, _ range: Range<Int>) -> Int? {
            let bytes = region.span(range)
            return (0..<bytes.byteCount).first { bytes[byteAt: $0] == 0 }.map { range.lowerBound + $0 + 1 }
        }

        private var fields: [ContainerPart] {
            [
                ContainerPart("magic", 0..<16, text: isPartial ? partialMagic : completeMagic),
                ContainerPart("version", 16..<20, text: String(version)),
                ContainerPart("data_len", 20..<24, text: String(dataSize)),
                ContainerPart("was_running", 24..<28, text: wasRunning ? "1 (resumed)" : "0 (stays paused)"),
                ContainerPart("format", 28..<32, text: "\(format) (\(formatName))"),
                ContainerPart("cookieOffset", 32..<36, text: String(cookieOffset)),
                ContainerPart("unused", 36..<headerSize),
            ]
        }
    }
}
