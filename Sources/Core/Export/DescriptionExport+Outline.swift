import Bytes
import Stream

extension DescriptionExport {
    /// Writes a line for each device, field and subsection, indented by depth: name, count, type, size.
    ///
    /// It skips objects that are neither a device nor a field of a description. O(text).
    package func writeOutline(to sink: inout some ByteSink) throws(Failure) {
        let outline = DescriptionOutline(tape: try tokens())
        let bytes = region.span(text)
        outline.write(bytes, to: &sink)
    }
}

/// A walk over the tokens of a description.
private struct DescriptionOutline {
    package let tape: JSONTape

    package func write(_ bytes: RawSpan, to sink: inout some ByteSink) {
        if let pageSize = tape.value("page_size", of: 0, in: bytes) {
            sink.write("page_size \(text(pageSize, bytes))\n")
        }
        if let configuration = tape.value("configuration", of: 0, in: bytes) {
            sink.write("configuration\(version(configuration, bytes))\n")
            writeBody(configuration, 1, bytes, &sink)
        }
        guard let devices = tape.value("devices", of: 0, in: bytes) else { return }
        for device in tape.elements(of: devices) {
            let instance =
                tape.value("instance_id", of: device, in: bytes).map { " #" + text($0, bytes) } ?? ""
            sink.write("\(member("name", device, bytes))\(instance)\(version(device, bytes))\n")
            writeBody(device, 1, bytes, &sink)
        }
    }

    // Writes the fields of a struct, then its subsections. Recursion is bounded as in writeValue.
    private func writeBody(_ body: Int, _ level: Int, _ bytes: RawSpan, _ sink: inout some ByteSink) {
        let indent = String(repeating: "  ", count: level)
        if let fields = tape.value("fields", of: body, in: bytes) {
            for field in tape.elements(of: fields) {
                sink.write(indent + fieldLine(field, bytes) + "\n")
                guard let inner = tape.value("struct", of: field, in: bytes) else { continue }
                writeBody(inner, level + 1, bytes, &sink)
            }
        }
        guard let subsections = tape.value("subsections", of: body, in: bytes) else { return }
        for subsection in tape.elements(of: subsections) {
            let name = member("vmsd_name", subsection, bytes)
            sink.write("\(indent)subsection \(name)\(version(subsection, bytes))\n")
            writeBody(subsection, level + 1, bytes, &sink)
        }
    }

    private func fieldLine(_ field: Int, _ bytes: RawSpan) -> String {
        var line = member("name", field, bytes)
        if let index = tape.value("index", of: field, in: bytes) { line += "[\(text(index, bytes))]" }
        if let count = tape.value("array_len", of: field, in: bytes) { line += " [\(text(count, bytes))]" }
        return line + "  " + member("type", field, bytes) + " " + member("size", field, bytes)
    }

    private func version(_ body: Int, _ bytes: RawSpan) -> String {
        tape.value("version", of: body, in: bytes).map { " v" + text($0, bytes) } ?? ""
    }

    private func member(_ key: StaticString, _ object: Int, _ bytes: RawSpan) -> String {
        tape.value(key, of: object, in: bytes).map { text($0, bytes) } ?? "?"
    }

    private func text(_ token: Int, _ bytes: RawSpan) -> String {
        switch tape.tokens[token].kind {
        case .string: DisplayText.escaped(bytes: tape.string(token, in: bytes) ?? [])
        case .number, .literal: DisplayText.escaped(DescriptionExport.spelling(token, tape, bytes))
        case .object, .array: "?"
        }
    }
}
