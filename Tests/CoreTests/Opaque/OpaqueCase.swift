import Testing

/// A field of an opaque type, as QEMU writes it, and what its children are.
struct OpaqueCase: Sendable, CustomTestStringConvertible {
    var type: String
    var bytes: [UInt8]
    /// The bodies that the description of a list repeats, as JSON members.
    var inline = ""
    /// The children of the field.
    var children: [String]

    var testDescription: String { "\(type), \(bytes.count) bytes" }

    /// A stream with one device that has the field between two others. `size` is what the description says.
    func stream(_ bytes: [UInt8]? = nil, size: Int? = nil) -> [UInt8] {
        let bytes = bytes ?? self.bytes
        let field =
            "{\"name\": \"it\", \"type\": \"\(type)\"\(inline.isEmpty ? "" : ", " + inline), "
            + "\"size\": \(size ?? bytes.count)}"
        let word = #"{"name": "word", "type": "uint16", "size": 2}"#
        let device = SmallDevice(
            "device", [1, 2] + bytes + [3, 4],
            fields: "\(word), \(field), \(word.replacing("word", with: "last"))")
        return SmallStream([.plain("first"), device, .plain("third")]).bytes
    }

    fileprivate static func be16(_ value: UInt16) -> [UInt8] { StreamWriter.be(value) }
    fileprivate static func be32(_ value: UInt32) -> [UInt8] { StreamWriter.be(value) }
    fileprivate static func be64(_ value: UInt64) -> [UInt8] { StreamWriter.be(value) }

    fileprivate static func body(_ name: String, _ fields: String) -> String {
        "\"vmsd_name\": \"\(name)\", \"version\": 1, \"fields\": [\(fields)]"
    }

    fileprivate static let byte = #"{"name": "b", "type": "uint8", "size": 1}"#
    fileprivate static let word = #"{"name": "w", "type": "uint16", "size": 2}"#

    static let all: [OpaqueCase] = [
        OpaqueCase(
            type: "msix state", bytes: [UInt8](repeating: 1, count: 48 + 1),
            children: ["table struct 48", "pending 01"]),
        OpaqueCase(
            type: "scsi-requests",
            bytes: [2] + [UInt8](repeating: 0x28, count: 16) + be32(7) + be32(0) + [1, 2, 3, 0],
            children: [
                "retry 0x02", "cdb \"((((((((((((((((\"", "tag 0x00000007", "lun 0x00000000",
                "requests 01 02 03",
                "end 0x00",
            ]),
        OpaqueCase(
            type: "qtailq", bytes: [1, 5, 1, 0, 6, 0], inline: body("el", byte) + ", " + body("el", word),
            children: ["elements struct 5", "end 0x00"]),
        OpaqueCase(
            type: "qlist", bytes: [1, 5, 1, 6, 0], inline: body("el", byte) + ", " + body("el", byte),
            children: ["elements struct 4", "end 0x00"]),
        OpaqueCase(
            type: "qlist", bytes: [1, 1, 7, 0, 0],
            inline: body(
                "el", "{\"name\": \"in\", \"type\": \"qlist\", \(body("inner", byte)), \"size\": 3}"),
            children: ["elements struct 4", "end 0x00"]),
        OpaqueCase(
            type: "gtree", bytes: be32(2) + [1] + be64(9) + [5, 1] + be64(10) + [6, 0],
            inline: body("value", byte) + ", " + body("value", byte),
            children: ["count 0x00000002", "elements struct 20", "end 0x00"]),
        OpaqueCase(
            type: "gtree", bytes: be32(1) + [1, 0, 9, 5, 0],
            inline: body("key", word) + ", " + body("value", byte),
            children: ["count 0x00000001", "elements struct 4", "end 0x00"]),
        OpaqueCase(type: "gtree", bytes: be32(0) + [0], children: ["count 0x00000000", "end 0x00"]),
        OpaqueCase(
            type: "usb-redir-parser", bytes: be32(3) + [1, 2, 3],
            children: ["len 0x00000003", "data 01 02 03"]),
        OpaqueCase(
            type: "usb-redir-bufpq", bytes: be32(2) + be32(1) + be32(0) + [9] + be32(2) + be32(5) + [8, 7],
            children: ["count 0x00000002", "packets struct 19"]),
        OpaqueCase(
            type: "usb-redir-packet-id-q", bytes: be32(2) + be64(1) + be64(2),
            children: ["count 0x00000002", "ids uint64 16"]),
        OpaqueCase(
            type: "virtio-net vhost-user backend state", bytes: be32(2) + [1, 2] + be32(1) + [3] + be32(0),
            children: ["chunks struct 11", "end 0x00000000"]),
        OpaqueCase(
            type: "virtio-fs back-end state", bytes: be32(2) + [1, 2] + be32(0),
            children: ["chunks struct 6", "end 0x00000000"]),
        OpaqueCase(
            type: "irqs", bytes: be64(1) + [UInt8](repeating: 1, count: 72),
            children: ["count 0x0000000000000001", "irqs buffer 72"]),
        OpaqueCase(type: "irqs", bytes: be64(.max), children: ["count 0xffffffffffffffff"]),
        gpu(scanoutSize: 40), gpu(scanoutSize: 64),
        OpaqueCase(
            type: "blob", bytes: be32(3) + be32(4096) + be32(1) + be64(0x1000) + be32(4096) + be32(0),
            children: ["resources struct 24", "end 0x00000000"]),
        OpaqueCase(type: "virtio-gpu/blob", bytes: be32(0), children: ["end 0x00000000"]),
        virtio,
    ]

    private static func gpu(scanoutSize: Int) -> OpaqueCase {
        let image = [UInt8](repeating: 0x33, count: 2 * 3 * 4)
        let resource =
            be32(1) + be32(2) + be32(3) + be32(67) + be32(2)
            + (0..<2).flatMap { _ in be64(0x8000) + be32(12) }
        return OpaqueCase(
            type: "virtio-gpu",
            bytes: resource + image + be32(0) + be32(1) + be32(2)
                + [UInt8](repeating: 0, count: 2 * scanoutSize),
            children: [
                "resources struct 68", "end 0x00000000", "scanouts struct \(8 + 2 * scanoutSize)",
            ])
    }

    private static let queue: [UInt8] = [be32(256), be32(4096), be64(0x8_0000), be16(5)].flatMap { $0 }

    private static let virtioParts: [[UInt8]] = [
        [UInt8](repeating: 0, count: 12), [7, 1], be16(0), be32(0x2000_0000), be32(2), [0xaa, 0xbb],
        be32(2), queue, queue, [5, 5, 5, 5, 5, 5, 5],
        StreamWriter.subsection("virtio/64bit_features", be64(1 << 32)),
        StreamWriter.subsection("virtio/started", [1]),
    ]

    /// A device on virtio-mmio with two queues, seven bytes of its own, and two subsections.
    private static let virtio = OpaqueCase(
        type: "virtio",
        bytes: virtioParts.flatMap { $0 },
        children: [
            "transport struct 12", "status 0x07", "isr 0x01", "queue_sel 0x0000", "guest_features 0x20000000",
            "config_len 0x00000002", "config aa bb", "queue_count 0x00000002", "queues struct 36",
            "device 05 05 05 05 05 05 05", "virtio/64bit_features subsection 35",
            "virtio/started subsection 21",
        ])
}
