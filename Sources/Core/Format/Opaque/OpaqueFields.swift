import Bytes

/// Buffers, bitmaps, pointers and lists: types whose bytes the description does not explain.
package enum OpaqueFields {
    package static let types: [FieldType] = [
        FieldType("buffer"),
        FieldType("unused_buffer", value: unused),
        bitmapType,
        FieldType("nullptr", reader: .null, value: null),
        FieldType("ptr-marker", reader: .pointer, value: null),
        FieldType("fd"),
        FieldType("mac address", value: hardwareAddress),
        FieldType("capability", value: ByteValue.counted),
        FieldType("struct", value: ByteValue.structure), FieldType("vstruct", value: ByteValue.structure),
        FieldType("tmp", value: ByteValue.structure),
        FieldType("qtailq", decode: ElementLists.list, value: list),
        FieldType("qlist", decode: ElementLists.list, value: list),
        FieldType("gtree", decode: ElementLists.tree, value: list),
        FieldType("pci config", value: pciConfig),
        FieldType("pci irq state", value: interruptLevels),
        FieldType("msix state", decode: MSIXTable.decode),
        FieldType("shpc"),
        FieldType("virtio", decode: VirtIO.decode),
        FieldType("virtqueue_extra_state"),
        FieldType("virtio-gpu", decode: VirtIOGPU.decode),
        FieldType("virtio-gpu/blob", decode: VirtIOGPU.blob),
        // QEMU's name for the VMStateInfo of the field virtio-gpu/blob.
        FieldType("blob", decode: VirtIOGPU.blob),
        FieldType("scsi-requests", decode: SCSIRequests.decode, value: requests),
        FieldType("usb-redir-parser", decode: USBRedirection.parser),
        FieldType("usb-redir-bufpq", decode: USBRedirection.packets),
        FieldType("usb-redir-packet-id-q", decode: USBRedirection.packetIDs),
        FieldType("virtio-net vhost-user backend state", decode: BackendState.decode),
        FieldType("virtio-fs back-end state", decode: BackendState.decode),
        FieldType("irqs", decode: FloatingInterrupts.decode),
    ]

    @Sendable package static func unused(_ bytes: RawSpan) -> FieldValue {
        bytes.isAllZero ? FieldValue("unused") : ByteValue.bytes(bytes)
    }

    private static let bitmapType: FieldType = {
        var type = FieldType("bitmap", value: { bitmap($0, atMost: 8) })
        type.whole = { bitmap($0, atMost: .max).full }
        return type
    }()

    /// Shows a bitmap of 64-bit words, each big-endian with bit 0 the least significant (util/bitmap.c,
    /// vmstate-types.c): the number of set bits, and the first of them.
    package static func bitmap(_ bytes: RawSpan, atMost limit: Int) -> FieldValue {
        var set = 0
        var first: [Int] = []
        var offset = 0
        while bytes.byteCount - offset >= 8 {
            var word = UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            set += word.nonzeroBitCount
            while word != 0, first.count < limit {
                first.append(offset * 8 + word.trailingZeroBitCount)
                word &= word - 1
            }
            offset += 8
        }
        let bits = first.map(String.init).joined(separator: " ") + (set > first.count ? " …" : "")
        return FieldValue("\(set) set", full: set == 0 ? "no bit set" : "\(set) set: \(bits)")
    }

    /// Shows a pointer of an array: 0x30 is NULL (migration/vmstate-types.c, vmstate_info_nullptr).
    @Sendable package static func null(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount == 1 else { return ByteValue.bytes(bytes) }
        return bytes[byteAt: 0] == 0x30
            ? FieldValue("null", full: "0x30 = null pointer")
            : FieldValue("pointer", full: ByteValue.bytes(bytes).full)
    }

    /// Shows the bytes of an Ethernet address in network order.
    @Sendable package static func hardwareAddress(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount <= 8 else { return ByteValue.bytes(bytes) }
        return FieldValue(bytes.bytes.map { Hex.digits(UInt64($0), width: 2) }.joined(separator: ":"))
    }

    @Sendable package static func list(_ bytes: RawSpan) -> FieldValue {
        bytes.byteCount == 1 && bytes[byteAt: 0] == 0 ? FieldValue("(empty list)") : ByteValue.bytes(bytes)
    }

    /// Shows requests; a lone 0 ends the list before its first request.
    @Sendable package static func requests(_ bytes: RawSpan) -> FieldValue {
        bytes.byteCount == 1 && bytes[byteAt: 0] == 0 ? FieldValue("(no request)") : ByteValue.bytes(bytes)
    }

    /// Shows vendor and device id, little-endian as on the bus (hw/pci/pci.c).
    @Sendable package static func pciConfig(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount >= 4 else { return ByteValue.bytes(bytes) }
        func id(_ at: Int) -> String {
            let word = UInt16(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt16.self))
            return Hex.digits(UInt64(word), width: 4)
        }
        return FieldValue("\(id(0)):\(id(2))", full: "vendor \(id(0)), device \(id(2))")
    }

    /// Shows the levels of INTA to INTD, each be32, 0 or 1.
    @Sendable package static func interruptLevels(_ bytes: RawSpan) -> FieldValue {
        guard bytes.byteCount == 16 else { return ByteValue.bytes(bytes) }
        let pins = ["INTA", "INTB", "INTC", "INTD"]
        let asserted: [String] = pins.indices.filter { pin in
            !bytes.extracting(pin * 4..<pin * 4 + 4).isAllZero
        }.map { pins[$0] }
        return FieldValue(asserted.isEmpty ? "none asserted" : asserted.joined(separator: " "))
    }
}
