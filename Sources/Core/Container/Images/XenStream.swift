import Bytes

/// A saved domain of Xen: `xl save`, libvirt's libxl driver, or another user of libxl and libxc. QEMU's
/// stream, with devices only, is one of its records. Guest memory is in other records and may contain bytes
/// that look like a stream, so the records are walked.
///
/// Formats: docs/specs/libxl-migration-stream and libxc-migration-stream of Xen 4.6 to 4.19, versions 2 and
/// 3; libvirt's header is from src/libxl/libxl_conf.h.
package enum XenStream: ContainerFormat {
    private static let xl = "Xen saved domain, xl format\n \0 \r"
    private static let libvirt = "libvirt-xml\n \0 \r"
    private static let others = ["LinuxGuestRecord", "Xen saved domain", "XenSavedDom"]
    private static let libxl = "LibxlFmt"
    private static let searchLimit = 64 << 20

    package static func recognizes(_ region: MappedRegion) -> Bool {
        region.matches(xl, at: 0) || region.matches(libvirt, at: 0)
            || region.matches(libxl, at: 0) || isImageHeader(region, at: 0)
            || others.contains { region.matches($0, at: 0) }
    }

    package static func peel(_ region: MappedRegion, _ request: PeelRequest) throws(OpenError) -> Peeled {
        var walk = RecordWalk(region)
        walk.header()
        walk.records()
        var findings: [Finding] = []
        var stream = walk.emulator
        if stream == nil, let places = walk.places { stream = legacy(region, in: places) }
        guard let stream else {
            throw .container(
                path: request.path, offset: walk.position,
                reason: "Xen image: no record contains QEMU's stream",
                advice: walk.problem ?? "a domain without a device model (PV, PVH) has none")
        }
        if let problem = walk.problem {
            findings.append(
                Finding(
                    .error, .containerTruncated, offset: 0, message: "Xen image: \(problem)",
                    hint: "the file is cut or damaged; the part before is shown"))
        }
        var layer = ContainerLayer("Xen")
        layer.parts = walk.parts.filter { $0.range.upperBound <= stream.lowerBound }
        layer.parts.append(ContainerPart("stream", stream))
        layer.parts += walk.parts.filter { $0.range.lowerBound >= stream.upperBound }
        return Peeled(layer: layer, content: .region(region.slice(stream)), findings: findings)
    }

    /// Returns whether a libxc stream begins at `offset`: a marker of all ones, and `XENF`.
    fileprivate static func isImageHeader(_ region: MappedRegion, at offset: Int) -> Bool {
        region.bigEndian(UInt64.self, at: offset) == .max && region.matches("XENF", at: offset + 8)
    }

    // Before Xen 4.6, records had no frames: a signature and a length precede the stream. Other programs put
    // it after the memory.
    private static func legacy(_ region: MappedRegion, in places: Range<Int>) -> Range<Int>? {
        let range = places.lowerBound..<min(places.upperBound, places.lowerBound.addingSaturated(searchLimit))
        let signature = Array("DeviceModelRecord0002".utf8)
        var offset = range.lowerBound
        while let found = region.firstIndex(of: signature[0], in: offset..<range.upperBound) {
            offset = found + 1
            let stream = found + signature.count + 4
            guard region.matches(signature, at: found), region.matches("QEVM", at: stream),
                let length = region.bigEndian(UInt32.self, at: stream - 4)?.byteSwapped
            else { continue }
            return stream..<min(stream + Int(length), region.count)
        }
        return PrefixedStream.base(region, in: range).map { $0..<region.count }
    }

    /// Walks the records of libxl and the nested ones of libxc.
    private struct RecordWalk {
        let region: MappedRegion
        var position = 0
        var parts: [ContainerPart] = []
        /// The range of QEMU's stream.
        var emulator: Range<Int>?
        /// The end of the memory records; nil if none was found.
        private var memoryEnd: Int?
        /// Whether records with frames were found.
        private var hasRecords = false
        private var hasContexts = false
        /// The problem that ended the walk, with its place.
        var problem: String?
        private var memory: (start: Int, count: Int)?

        private static let partLimit = 4096
        // Types below are known, or those of later versions.
        private static let typeLimit = 256
        private static let optional = 1 << 31

        init(_ region: MappedRegion) { self.region = region }

        /// Where a stream outside of the records may be; nil if there is no such place. Records of libxl have
        /// all that there is, and after damage guest memory can't be told from what follows it.
        var places: Range<Int>? {
            guard hasRecords else { return max(region.count - XenStream.searchLimit, 0)..<region.count }
            guard !hasContexts, let memoryEnd else { return nil }
            return memoryEnd..<region.count
        }

        private mutating func add(_ name: String, _ range: Range<Int>, text: String? = nil) {
            guard parts.count < Self.partLimit, !range.isEmpty else { return }
            parts.append(ContainerPart(name, range, text: text))
        }

        /// Reads the header before the records.
        mutating func header() {
            if region.matches(xl, at: 0) {
                // Byte order, two words of flags, and the length of the domain's configuration.
                let size = Int(region.bigEndian(UInt32.self, at: 44)?.byteSwapped ?? 0)
                add("xl header", 0..<48)
                position = min(48 + size, region.count)
                if position > 48 { parts.append(.text("domain configuration", region, 48..<position)) }
            } else if region.matches(libvirt, at: 0) {
                let size = Int(region.bigEndian(UInt32.self, at: 20)?.byteSwapped ?? 0)
                // The header is padded to 64 bytes, which a writer may have omitted.
                let head = [64, 24].first { region.matches(libxl, at: $0 + size) } ?? 64
                add("libvirt header", 0..<min(head, region.count))
                position = min(head + size, region.count)
                if position > head { parts.append(.text("domain XML", region, head..<position)) }
            } else if !region.matches(libxl, at: 0), !isImageHeader(region, at: 0) {
                position = wrapped() ?? region.count
                add("header", 0..<position)
            }
        }

        // Returns the offset of a libxl or libxc stream after an unknown header.
        private func wrapped() -> Int? {
            (0..<min(region.count, 1 << 16)).first {
                region.matches(libxl, at: $0) || isImageHeader(region, at: $0)
            }
        }

        mutating func records() {
            if isImageHeader(region, at: position) { return memoryRecords() }
            guard region.matches(libxl, at: position) else { return }
            let isBig = (region.bigEndian(UInt32.self, at: position + 12) ?? 0) & 1 != 0
            (hasRecords, hasContexts) = (true, true)
            add("libxl header", position..<min(position + 16, region.count))
            position = min(position + 16, region.count)
            while problem == nil, let (type, size) = record(isBig) {
                let body = position + 8
                switch type {
                case 0:
                    add("END", position..<body)
                    position = body
                    return
                case 1:
                    add("LIBXC_CONTEXT", position..<body)
                    position = body
                    // Without memory, the next record of libxl follows.
                    if isImageHeader(region, at: position) { memoryRecords() }
                case 3:
                    // The emulator's number, an index, and its stream.
                    let end = min(body + size, region.count)
                    add("EMULATOR_CONTEXT", position..<min(body + 8, end))
                    if emulator == nil, size > 8, region.matches("QEVM", at: body + 8) {
                        emulator = body + 8..<end
                    }
                    step(size)
                default:
                    let names = [2: "EMULATOR_XENSTORE_DATA", 4: "CHECKPOINT_END", 5: "CHECKPOINT_STATE"]
                    add(names[type] ?? "record \(type)", position..<min(body + size, region.count))
                    step(size)
                }
            }
        }

        // Returns the type and the length of the record at `position`; nil, with a problem, if it does not
        // fit.
        private mutating func record(_ isBig: Bool) -> (type: Int, size: Int)? {
            guard let type = region.bigEndian(UInt32.self, at: position),
                let size = region.bigEndian(UInt32.self, at: position + 4)
            else {
                problem = "expected a record at \(Hex.offset(position)), found the end"
                return nil
            }
            let order = { (value: UInt32) in Int(isBig ? value : value.byteSwapped) }
            guard order(size) <= region.count - position - 8 else {
                problem =
                    "expected a record of \(order(size)) bytes at \(Hex.offset(position)), found the end"
                // The available part of the emulator's record is shown.
                return order(type) == 3 ? (3, order(size)) : nil
            }
            // A reader refuses other types, unless they are marked as optional.
            guard order(type) < Self.typeLimit || order(type) & Self.optional != 0 else {
                problem = "expected a record at \(Hex.offset(position)), found other bytes"
                return nil
            }
            return (order(type), order(size))
        }

        // Records are padded to multiples of 8.
        private mutating func step(_ size: Int) {
            position = min(position + 8 + (size + 7) / 8 * 8, region.count)
        }

        private static let names: [Int: String] = [
            2: "X86_PV_INFO", 3: "X86_PV_P2M_FRAMES", 4: "X86_PV_VCPU_BASIC", 5: "X86_PV_VCPU_EXTENDED",
            6: "X86_PV_VCPU_XSAVE", 7: "SHARED_INFO", 8: "X86_TSC_INFO", 9: "HVM_CONTEXT", 10: "HVM_PARAMS",
            11: "TOOLSTACK", 12: "X86_PV_VCPU_MSRS", 13: "VERIFY", 14: "CHECKPOINT",
            15: "CHECKPOINT_DIRTY_PFN_LIST", 16: "STATIC_DATA_END", 17: "X86_CPUID_POLICY",
            18: "X86_MSR_POLICY",
        ]

        // An image header of 24 bytes, a domain header of 16, and records up to END; consecutive page records
        // form one part.
        private mutating func memoryRecords() {
            hasRecords = true
            guard isImageHeader(region, at: position), region.count - position >= 40 else {
                problem = "expected a libxc stream at \(Hex.offset(position))"
                return
            }
            let isBig = (region.bigEndian(UInt16.self, at: position + 16) ?? 0) & 1 != 0
            add("image header", position..<position + 24)
            add("domain header", position + 24..<position + 40)
            position += 40
            while let (type, size) = record(isBig) {
                let start = position
                step(size)
                if type == 1 {
                    memory = (memory?.start ?? start, (memory?.count ?? 0) + 1)
                    continue
                }
                endMemory(start)
                let end = min(start + 8 + size, region.count)
                if type == 9 {
                    let inside = hvm(start + 8..<end)
                    if parts.count < Self.partLimit {
                        parts.append(ContainerPart("HVM_CONTEXT", start..<end, parts: inside))
                    }
                } else {
                    add(type == 0 ? "END of libxc" : Self.names[type] ?? "libxc record \(type)", start..<end)
                }
                if type == 0 {
                    memoryEnd = position
                    break
                }
            }
            endMemory(position)
        }

        private mutating func endMemory(_ end: Int) {
            if let memory { add("memory", memory.start..<end, text: "\(memory.count) PAGE_DATA records") }
            memory = nil
        }

        private static let contexts: [String] = [
            "END", "HEADER", "CPU", "PIC", "IOAPIC", "LAPIC", "LAPIC_REGS", "PCI_IRQ", "ISA_IRQ", "PCI_LINK",
            "PIT",
            "RTC", "HPET", "PMTIMER", "MTRR", "VIRIDIAN_DOMAIN", "CPU_XSAVE", "VIRIDIAN_VCPU", "VMCE_VCPU",
            "TSC_ADJUST", "CPU_MSR",
        ]

        // Descriptors of 8 bytes: type and instance with 16 bits each, and a length
        // (xen/include/public/hvm/save.h).
        private func hvm(_ range: Range<Int>) -> [ContainerPart] {
            var parts: [ContainerPart] = []
            var offset = range.lowerBound
            while offset + 8 <= range.upperBound, parts.count < Self.partLimit,
                let type = region.bigEndian(UInt16.self, at: offset)?.byteSwapped,
                let instance = region.bigEndian(UInt16.self, at: offset + 2)?.byteSwapped,
                let length = region.bigEndian(UInt32.self, at: offset + 4)?.byteSwapped,
                Int(length) <= range.upperBound - offset - 8
            {
                let name =
                    Self.contexts.indices.contains(Int(type)) ? Self.contexts[Int(type)] : "context \(type)"
                let end = offset + 8 + Int(length)
                parts.append(ContainerPart("\(name) \(instance)", offset..<end, text: "\(length) bytes"))
                offset = end
                if type == 0 { break }
            }
            return parts
        }
    }
}
