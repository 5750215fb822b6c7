import Bytes
import Diagnose
import Format
import Memory
import Stream

/// A stream for a public report: its structure and device state without the guest's memory and data.
///
/// Only the guest memory that loaders read stays: the two index words of each virtio ring, and the byte with
/// the size of the APIC's option ROM.
package struct Share {
    package struct Options {
        /// Whether MAC addresses and UUIDs stay.
        package var keepsIdentity = false
        /// Whether the registers of the processors are zeroed.
        package var blanksRegisters = false

        package init() {}
    }

    /// A blanked field.
    package struct Blanked: Equatable {
        package var path: String
        /// The size in bytes, and the number of bytes that were not zero before.
        package var size: Int
        package var used: Int
        package var reason: String
    }

    package private(set) var draft: StreamDraft
    package private(set) var blanked: [Blanked] = []
    /// The sections that were dropped.
    package private(set) var dropped: [String] = []
    /// The number of bytes of guest memory that stay.
    package private(set) var keptBytes = 0
    private let options: Options

    package init(_ draft: StreamDraft, _ options: Options) {
        self.draft = draft
        self.options = options
    }

    /// Blanks the stream. O(RAM records + device state).
    package mutating func run() throws(EditError) {
        // Bytes after the end, and gaps, may contain anything.
        _ = draft.cutTrailing()
        if let gap = draft.document.store.records.first(where: { $0.kind == .gap }) {
            throw EditError(
                "bytes at \(Hex.offset(gap.offset)) belong to no section: their contents are unknown; "
                    + "try: migscope repair FILE -o OUT, and share that")
        }
        guard
            draft.live.count > 0 || draft.source.store.ramSectionID == nil
                || !draft.source.store.state.blocks.contains(where: { $0.usedLength > 0 })
        else {
            throw EditError(
                "the RAM of this stream can't be distinguished from its devices; try: migscope convert FILE -o PLAIN"
            )
        }
        try disks()
        memory()
        try fields()
    }

    // Disk data of block migration, connections of slirp, and guest memory in a back end's state.
    private mutating func disks() throws(EditError) {
        for section in draft.sections where ["block", "slirp"].contains(section.name) {
            // Without connections, the slirp section has only a few bytes.
            guard section.name == "block" || section.size > 200 else { continue }
            _ = try draft.dropSection(section.editName)
            dropped.append(section.editName)
        }
    }

    private mutating func memory() {
        let source = draft.source
        var plan = RAMPlan(source)
        plan.leavesPagesOut = true
        let index = source.ramIndex()
        let reader = PageReader(region: source.store.region, index: index)
        let words = GuestWords(CheckContext(document: source, target: nil, dump: nil))
        for word in words.places {
            let number = RAMPlan.PageNumber(block: word.page.block, page: word.page.address / index.pageSize)
            guard case .bytes(let content) = reader.content(block: number.block, page: number.page)
            else { continue }
            var page = plan.replacements[number] ?? [UInt8](repeating: 0, count: index.pageSize)
            for offset in word.place..<min(word.place.addingSaturated(word.size), page.count) {
                page[offset] = content[offset]
            }
            plan.replacements[number] = page
            keptBytes += word.size
        }
        draft.ram = plan
    }

    private mutating func fields() throws(EditError) {
        let document = draft.document
        var splices: [(range: Range<Int>, bytes: [UInt8])] = []
        for top in document.tree.streamRecordNodes() {
            guard let record = document.tree.record(of: top),
                record.kind == .full || record.kind == .configuration
            else { continue }
            let device = String(
                decoding: document.store.table.names.bytes(record.name).split(separator: UInt8(ascii: "/"))
                    .last
                    ?? [], as: UTF8.self)
            var walk = FieldWalk(document, device, options)
            walk.visit(top, depth: 0)
            guard !walk.isExhausted else {
                throw EditError(
                    "\(document.tree.pathText(top.path)): too many fields to check; try: migscope edit --drop"
                )
            }
            for (node, reason) in walk.found {
                let bytes = document.tree.bytes(of: node)
                let used = bytes.count { $0 != 0 }
                guard used > 0 else { continue }
                blanked.append(
                    Blanked(
                        path: document.tree.pathText(node.path), size: bytes.count, used: used, reason: reason
                    )
                )
                splices.append((node.range, [UInt8](repeating: 0, count: bytes.count)))
            }
        }
        copies(document, &splices)
        try draft.splice(splices)
    }

    // Blanked addresses have copies: in the configuration that virtio-net shows to its driver, and in the
    // receive address registers of e1000 and similar cards.
    private mutating func copies(
        _ document: Document, _ splices: inout [(range: Range<Int>, bytes: [UInt8])]
    ) {
        let region = document.store.region
        var forms: Set<[UInt8?]> = []
        for field in blanked where field.reason == PrivateFields.Reason.identity.rawValue {
            guard let path = document.path(text: field.path) else { continue }
            forms.formUnion(Self.forms(ofAddress: document.tree.bytes(of: document.tree.node(path))))
        }
        for form in forms {
            let text = form.map { $0.map { Hex.digits(UInt64($0), width: 2) } ?? "??" }.joined()
            guard let pattern = BytePattern(text) else { continue }
            var from = 0
            while let start = pattern.first(in: region, from: from) {
                from = start + 1
                let range = start..<start + form.count
                let node = document.tree.node(document.tree.knownPath(atOffset: start))
                guard
                    let record = document.store.records.first(where: {
                        $0.offset <= start && range.upperBound <= $0.end
                    }),
                    record.kind == .full, node.role != .frame,
                    !splices.contains(where: { $0.range.overlaps(range) })
                else { continue }
                let bytes = zip(region.copy(range), form).map { $1 == nil ? $0 : 0 }
                splices.append((range, bytes))
                blanked.append(
                    Blanked(
                        path: document.tree.pathText(node.path), size: 6, used: 6,
                        reason: PrivateFields.Reason.identity.rawValue))
            }
        }
    }

    // The forms of a MAC address: a byte sequence; two registers of 32 bits in network order, whose upper
    // half has flags; and words of an EEPROM. Empty for other fields, and for values that many machines
    // share.
    private static func forms(ofAddress field: [UInt8]) -> [[UInt8?]] {
        var address = field
        // An EEPROM begins with the address (hw/net/e1000.c, hw/net/eepro100.c).
        if field.count >= 64 {
            address = stride(from: 0, to: 6, by: 2).flatMap { [field[$0 + 1], field[$0]] }
        }
        guard address.count == 6, Set(address).count > 2 else { return [] }
        let a = address
        return [
            a.map { $0 }, [a[3], a[2], a[1], a[0], nil, nil, a[5], a[4]],
            [a[1], a[0], a[3], a[2], a[5], a[4]],
        ]
    }

    /// Finds the leaves to blank.
    private struct FieldWalk {
        let document: Document
        let device: String
        let options: Options
        var found: [(Node, String)] = []
        private var left = 1 << 22

        /// Whether fields were omitted.
        var isExhausted: Bool { left == 0 }

        init(_ document: Document, _ device: String, _ options: Options) {
            self.document = document
            self.device = device
            self.options = options
        }

        mutating func visit(_ node: Node, depth: Int) {
            guard depth < 64 else {
                left = 0
                return
            }
            for index in 0..<node.childCount {
                guard left > 0 else { return }
                left -= 1
                let child = document.tree.child(index, of: node)
                if child.role == .frame { continue }
                if let reason = reason(child) {
                    found.append((child, reason))
                } else if !child.isLeaf {
                    visit(child, depth: depth + 1)
                }
            }
        }

        private func reason(_ node: Node) -> String? {
            let name = String(
                decoding: document.store.table.names.bytes(document.tree.nameID(of: node)), as: UTF8.self)
            let type = document.tree.typeName(node)
            if let reason = PrivateFields.reason(
                device: device, field: name, type: type, size: node.size, isLeaf: node.isLeaf)
            {
                switch reason {
                case .identity: return options.keepsIdentity ? nil : reason.rawValue
                case .register: return options.blanksRegisters ? reason.rawValue : nil
                case .data: return reason.rawValue
                }
            }
            return nil
        }
    }
}

/// The fields with the guest's data, identity or registers.
package enum PrivateFields {
    package enum Reason: String {
        case data = "data of the guest"
        case identity = "identifies the guest"
        case register = "register"
    }

    // Buffers that identify the kind of device, or that a loader reads.
    private static let kept: [(device: String, field: String)] = [
        ("", "config"), ("configuration", "name"), ("mc146818rtc", "cmos_data"), ("", "unused"),
        ("", "palette"),
        ("", "rates"), ("vga", ""), ("fw_cfg", ""), ("globalstate", ""), ("", "msix"), ("", "bitmap"),
        // The flags that end the keys; without a vmstate they are one buffer.
        ("s390-skeys", "data"),
        // The flag that says whether a clock follows (hw/s390x/tod.c); described, they are one buffer.
        ("todclock", "data"),
    ]

    // Devices with their data fields; an empty device name matches any.
    private static let data: [(device: String, fields: [String])] = [
        (
            "",
            [
                "fifo", "buf", "data", "data_buf", "setup_buf", "queue.data", "buffer", "recv_fifo.data",
                "xmit_fifo.data", "cmdbuf",
            ]
        ),
        ("fdc", ["fifo"]), ("ide", ["io_buffer"]), ("ide_bus", ["io_buffer"]),
        ("sd-card", ["data", "csd", "cid"]),
        ("sdhci", ["fifo_buffer"]), ("lsiscsi", ["script_ram", "msg"]),
        ("esp", ["cmdfifo", "fifo", "pdma_buf"]),
        ("spapr_nvram", ["buf"]), ("nvram", ["data"]), ("ps2kbd", ["common"]), ("ps2mouse", ["common"]),
        ("usb-kbd", ["kbd.keycodes", "kbd.key"]), ("vmmouse", ["queue"]), ("pckbd", ["outport"]),
        ("hda-audio", ["buf"]), ("tpm", ["permanent", "volatile", "savestate", "buffer", "response"]),
        ("virtio-console", ["elem", "iov"]), ("virtio-gpu", ["pixels", "image", "data"]),
        ("slirp", ["so_rcv", "so_snd"]),
        ("rtl8139", ["cplus_txbuffer"]), ("e1000", ["tx.data", "tx.header"]), ("pcnet", ["buffer"]),
        ("ne2000", ["mem"]),
        ("ipmi", ["inmsg", "outmsg"]), ("eeprom", ["data", "contents"]), ("smbus-eeprom", ["data"]),
        ("m25p80", ["data"]),
        ("dbus-vmstate", ["data"]),
    ]

    // The last parts of names: `mac`, `core.permanent_mac`, `conf.macaddr.a`.
    private static let identity: Set<String> = [
        "mac", "macaddr", "macaddr.a", "perm_mac", "permanent_mac", "phys", "eeprom", "eeprom_data", "guid",
        "uuid", "uuid.data",
    ]

    private static func isIdentity(_ field: String) -> Bool {
        let parts = field.split(separator: ".")
        return (1...2).contains { identity.contains(parts.suffix($0).joined(separator: ".")) }
    }

    private static let registers: [String] = [
        "env.regs", "env.eip", "env.xmm_regs", "env.xmm_regs_zmm", "env.fpregs", "env.xregs", "env.pc",
        "env.vfp.zregs",
        "env.gpr", "env.nip", "env.lr", "env.ctr", "env.fpr", "env.vsr", "env.dr", "env.cr",
        "env.sp_el",
        "env.elr_el",
        "env.fregs", "env.vregs", "env.psw", "env.aregs", "env.cregs", "env.mem_buf", "env.dregs",
        "env.gprh",
    ]

    /// Returns the reason why a field is blanked; nil for one that stays. A field that gives the number of
    /// others is never blanked.
    package static func reason(device: String, field: String, type: String, size: Int, isLeaf: Bool)
        -> Reason?
    {
        let isBytes = type == "buffer" || type == "uint8"
        if device.hasPrefix("cpu"), registers.contains(field) { return .register }
        // All registers of the card; the address among them is found by its value.
        let isRegisters = field.hasSuffix("mac") && size > 64
        if isIdentity(field), size >= 6, !isRegisters { return .identity }
        if data.contains(where: {
            (device.hasPrefix($0.device) || $0.device.isEmpty) && $0.fields.contains(field)
        }),
            size >= 8, isBytes || !isLeaf || device.hasPrefix("tpm"), !keeps(device, field)
        {
            return .data
        }
        // A buffer that no table lists is treated as the guest's data.
        guard isLeaf, type == "buffer", size >= 16, !keeps(device, field) else { return nil }
        return .data
    }

    private static func keeps(_ device: String, _ field: String) -> Bool {
        kept.contains {
            (device.hasPrefix($0.device) || $0.device.isEmpty) && (field == $0.field || $0.field.isEmpty)
        }
    }
}
