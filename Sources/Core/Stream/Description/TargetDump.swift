import Bytes

/// The output of `-dump-vmstate`: the vmstates that a QEMU can load (migration/savevm.c dump_vmstate_json,
/// 7.2 and 10.0).
package struct TargetDump: Sendable {
    /// A vmstate with its fields and subsections.
    package struct Structure: Sendable {
        package var name: String
        package var version: Int
        package var minimumVersion: Int
        package var fields: [Field] = []
        package var subsections: [Structure] = []
    }

    package struct Field: Sendable {
        package var name: String
        /// The first version that contains it.
        package var version: Int
        /// Whether a test at run time decides its presence.
        package var isConditional: Bool
        /// The number of elements of a fixed array; nil for all else, and in dumps before 10.0.
        package var count: Int?
        /// The preceding field of the same structure that holds the number of elements. Dumps do not give it.
        package var countField: String?
        /// The size in memory in bytes.
        package var size: Int
        package var structure: [Structure]

        package init(
            name: String, version: Int, isConditional: Bool, count: Int? = nil, size: Int,
            structure: [Structure]
        ) {
            self.name = name
            self.version = version
            self.isConditional = isConditional
            self.count = count
            self.size = size
            self.structure = structure
        }
    }

    /// A device of a binary, with its vmstate if the dump has one. Escaped.
    package struct Section: Sendable {
        package var name: String
        package var version: Int
        package var minimumVersion: Int
        package var structure: Structure?

        package init(name: String, version: Int, minimumVersion: Int, structure: Structure?) {
            self.name = name
            self.version = version
            self.minimumVersion = minimumVersion
            self.structure = structure
        }
    }

    /// The machine type of the target. Escaped.
    package let machine: String?
    /// The structures by vmstate name; several devices may share one.
    package let structures: [String: [Structure]]
    /// In file order.
    package let sections: [Section]
    /// The display name of the file, escaped.
    package let source: String

    private static func notADump(_ path: String) -> OpenError {
        .container(
            path: path, offset: 0, reason: "not a list of vmstates",
            advice: "try: `qemu-system-… -machine … -dump-vmstate FILE`")
    }

    /// Returns whether a dump lists the vmstate of a PCI device if the binary has it. Some are registered
    /// only when the device is created (hw/ide/piix.c and cmd646.c of 7.2, hw/net/eepro100.c with its
    /// eeprom).
    package static func isListed(_ name: String) -> Bool {
        !["ide", "eeprom"].contains(name) && !name.hasPrefix("i8255")
    }

    /// Returns the possible vmstates of a section by the last parts of its idstr, the longest name first.
    package func candidates(idstr: ArraySlice<UInt8>) -> [Structure] {
        var rest = idstr[...]
        while true {
            if let found = structures[DisplayText.escaped(bytes: rest)] { return found }
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return [] }
            rest = rest[rest.index(after: slash)...]
        }
    }

    /// Creates a dump without a file; `source` is a display name.
    package init(structures: [String: [Structure]], source: String) {
        machine = nil
        sections = []
        self.structures = structures
        self.source = source
    }

    /// Reads the file at `path`. O(file).
    ///
    /// - Throws: `OpenError` if it can't be mapped or is not such a dump.
    package init(path: String) throws(OpenError) {
        try self.init(region: MappedRegion.open(path: path), path: path)
    }

    package init(region: MappedRegion, path: String) throws(OpenError) {
        source = FileName.shown(path)
        let text = region.span
        guard let tape = try? JSONTape(text), tape.tokens.first?.kind == .object else {
            throw Self.notADump(path)
        }
        let reader = DumpReader(tape: tape)
        var machine: String?
        var structures: [String: [Structure]] = [:]
        var sections: [Section] = []
        for (key, value) in tape.members(of: 0) {
            if tape.has(key, "vmschkmachine", in: text) {
                machine = tape.value("Name", of: value, in: text).map { reader.text($0, text) }
                continue
            }
            let structure = tape.value("Description", of: value, in: text).map {
                reader.structure($0, text, depth: 0)
            }
            if let structure { structures[structure.name, default: []].append(structure) }
            guard tape.tokens[value].kind == .object else { continue }
            sections.append(
                Section(
                    name: reader.text(key, text), version: reader.number("version_id", value, text),
                    minimumVersion: reader.number("minimum_version_id", value, text), structure: structure))
        }
        guard machine != nil || !structures.isEmpty else { throw Self.notADump(path) }
        self.machine = machine
        self.structures = structures
        self.sections = sections
    }
}

private struct DumpReader {
    package let tape: JSONTape

    package func text(_ token: Int, _ text: RawSpan) -> String {
        DisplayText.escaped(bytes: tape.string(token, in: text) ?? [])
    }

    func number(_ key: StaticString, _ token: Int, _ text: RawSpan) -> Int {
        tape.value(key, of: token, in: text).flatMap { tape.integer($0, in: text) } ?? 0
    }

    private func name(_ key: StaticString, _ token: Int, _ text: RawSpan) -> String {
        tape.value(key, of: token, in: text).map { self.text($0, text) } ?? ""
    }

    // The tape refuses texts that are nested deeper than its limit.
    package func structure(_ token: Int, _ text: RawSpan, depth: Int) -> TargetDump.Structure {
        var result = TargetDump.Structure(
            name: name("name", token, text), version: number("version_id", token, text),
            minimumVersion: number("minimum_version_id", token, text))
        if let fields = tape.value("Fields", of: token, in: text) {
            for field in tape.elements(of: fields) {
                result.fields.append(self.field(field, text, depth: depth))
            }
        }
        if let subsections = tape.value("Subsections", of: token, in: text) {
            for part in tape.elements(of: subsections) {
                result.subsections.append(structure(part, text, depth: depth + 1))
            }
        }
        return result
    }

    private func field(_ token: Int, _ text: RawSpan, depth: Int) -> TargetDump.Field {
        let body = tape.value("Description", of: token, in: text)
        let isConditional = tape.value("field_exists", of: token, in: text).map {
            tape.has($0, "true", in: text)
        }
        return TargetDump.Field(
            name: name("field", token, text), version: number("version_id", token, text),
            isConditional: isConditional ?? false,
            count: tape.value("num", of: token, in: text).flatMap { tape.integer($0, in: text) },
            size: number("size", token, text),
            structure: body.map { [structure($0, text, depth: depth + 1)] } ?? [])
    }
}
