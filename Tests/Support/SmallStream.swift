import Bytes
import Stream

/// A device of a stream that a test writes.
package struct SmallDevice {
    package var name: [UInt8]
    package var instance: UInt32 = 0
    package var version: UInt32 = 1
    package var body: [UInt8]
    /// The JSON of its fields, and after them perhaps of subsections: `{"name": …}, …`.
    package var fields: String
    package var subsections = ""
    /// Its VMState; the idstr where that is nil.
    package var structure: String?

    package init(
        _ name: String, instance: UInt32 = 0, version: UInt32 = 1, _ body: [UInt8], fields: String,
        subsections: String = "", structure: String? = nil
    ) {
        self.name = Array(name.utf8)
        self.instance = instance
        self.version = version
        self.body = body
        self.fields = fields
        self.subsections = subsections
        self.structure = structure
    }

    package var json: String {
        let name = String(decoding: self.name, as: UTF8.self)
        let more = subsections.isEmpty ? "" : ", \"subsections\": [\(subsections)]"
        return "{\"name\": \"\(name)\", \"instance_id\": \(instance), \"vmsd_name\": "
            + "\"\(structure ?? name)\", \"version\": \(version), \"fields\": [\(fields)]\(more)}"
    }

    /// A device of four bytes that is well formed.
    package static func plain(_ name: String, instance: UInt32 = 0) -> SmallDevice {
        SmallDevice(
            name, instance: instance, [1, 2, 3, 4], fields: #"{"name": "word", "type": "uint32", "size": 4}"#)
    }
}

extension SmallDevice {
    /// An array of structs of two bytes each; the instance is its length.
    package static func longList(_ count: Int) -> SmallDevice {
        let member = #"{"name": "x", "type": "uint8", "size": 1}, {"name": "y", "type": "uint8", "size": 1}"#
        let element = #"{"vmsd_name": "pair", "version": 1, "fields": [\#(member)]}"#
        return SmallDevice(
            "long", instance: UInt32(count), (0..<2 * count).map { UInt8(truncatingIfNeeded: $0) },
            fields:
                #"{"name": "list", "array_len": \#(count), "type": "struct", "struct": \#(element), "size": 2}"#
        )
    }
}

/// A whole stream with RAM of four pages and some devices. Its parts can be switched off.
package struct SmallStream {
    package var devices: [SmallDevice]
    package var hasConfiguration = true
    package var hasFooters = true
    package var hasDescription = true
    package var hasRAM = true
    /// Written between the configuration and RAM: commands, early devices.
    package var early: [UInt8] = []
    /// Written in place of the length of the description.
    package var length: UInt32?
    /// Written in place of the description.
    package var json: String?

    package init(_ devices: [SmallDevice] = [.plain("first"), .plain("second"), .plain("third")]) {
        self.devices = devices
    }

    package var description: String {
        "{\"page_size\": 4096, \"devices\": [\(devices.map(\.json).joined(separator: ", "))]}"
    }

    /// The stream as bytes; section ids count from 10.
    package var bytes: [UInt8] {
        var stream = StreamWriter(footers: hasFooters)
        if hasConfiguration { stream.configuration() }
        stream.append(early)
        if hasRAM { Self.writeRAM(to: &stream) }
        for (index, device) in devices.enumerated() {
            stream.full(
                UInt32(10 + index), device.name, instance: device.instance, version: device.version,
                device.body)
        }
        stream.endOfFile()
        if hasDescription { stream.description(json ?? description, length: length) }
        return stream.bytes
    }

    private static func writeRAM(to stream: inout StreamWriter) {
        stream.start(2, "ram", version: 4, StreamWriter.ramBlocks([("pc.ram", 0x4000)]))
        let first = StreamWriter.page(0, fill: 0xaa, block: "pc.ram") + StreamWriter.page(0x1000)
        stream.part(2, first + StreamWriter.endOfRAM)
        let last = StreamWriter.page(0x2000) + StreamWriter.page(0x3000, fill: 0x55)
        stream.end(2, last + StreamWriter.endOfRAM)
    }

    package func document() throws -> Document {
        try Document.open(region: MappedRegion(copying: bytes), name: "small.mig")
    }
}
