import Bytes
import Diagnose
import Format
import Memory
import Stream

/// The JSON text of a description as a tree that keeps spelling, order and duplicate keys.
///
/// Unchanged parts are written byte for byte as QEMU writes them: `", "` between members, `": "` after a key
/// (migration/savevm.c and qobject/json-writer.c, 7.2 to 11.1).
package indirect enum JSONTree: Equatable {
    case object([Member])
    case array([JSONTree])
    /// A string, as spelled between the quotes.
    case string([UInt8])
    /// A number or a literal, as spelled.
    case word([UInt8])

    package struct Member: Equatable {
        package var key: [UInt8]
        package var value: JSONTree

        package init(_ key: [UInt8], _ value: JSONTree) {
            self.key = key
            self.value = value
        }
    }

    package static func number(_ value: Int) -> JSONTree { .word(Array(String(value).utf8)) }

    /// Returns a string node for raw bytes: quotes, backslashes and bytes that are not printable ASCII are
    /// escaped.
    package static func text(_ bytes: [UInt8]) -> JSONTree {
        var spelling: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                spelling.append(UInt8(ascii: "\\"))
                spelling.append(byte)
            case 0x20..<0x7f: spelling.append(byte)
            default: spelling += Array(("\\u" + Hex.digits(UInt64(byte), width: 4)).utf8)
            }
        }
        return .string(spelling)
    }

    /// Parses a whole text.
    ///
    /// - Throws: `JSONTape.Failure` when it is not valid JSON.
    package init(_ text: RawSpan) throws(JSONTape.Failure) {
        let tape = try JSONTape(text)
        self = Self.tree(0, tape, text)
    }

    // Recursion is bounded: the tape rejects nesting deeper than `JSONTape.depthLimit`.
    private static func tree(_ token: Int, _ tape: JSONTape, _ text: RawSpan) -> JSONTree {
        switch tape.tokens[token].kind {
        case .object:
            var members: [Member] = []
            for (key, value) in tape.members(of: token) {
                members.append(Member(spelling(key, tape, text), tree(value, tape, text)))
            }
            return .object(members)
        case .array:
            var elements: [JSONTree] = []
            for element in tape.elements(of: token) { elements.append(tree(element, tape, text)) }
            return .array(elements)
        case .string: return .string(spelling(token, tape, text))
        case .number, .literal: return .word(spelling(token, tape, text))
        }
    }

    private static func spelling(_ token: Int, _ tape: JSONTape, _ text: RawSpan) -> [UInt8] {
        text.extracting(tape.range(of: token)).bytes
    }

    /// Appends the text as QEMU writes it. O(text).
    package func write(to text: inout [UInt8]) {
        switch self {
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { text += ", ".utf8 }
                text.append(UInt8(ascii: "\""))
                text += member.key
                text += "\": ".utf8
                member.value.write(to: &text)
            }
            text.append(UInt8(ascii: "}"))
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ", ".utf8 }
                element.write(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .string(let spelling):
            text.append(UInt8(ascii: "\""))
            text += spelling
            text.append(UInt8(ascii: "\""))
        case .word(let spelling): text += spelling
        }
    }

    /// The first value of a key; setting nil removes all of its values.
    package subscript(key: String) -> JSONTree? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.first { $0.key.elementsEqual(key.utf8) }?.value
        }
        set {
            guard case .object(var members) = self else { return }
            let index = members.firstIndex { $0.key.elementsEqual(key.utf8) }
            if let newValue {
                if let index {
                    members[index].value = newValue
                } else {
                    members.append(Member(Array(key.utf8), newValue))
                }
            } else {
                members.removeAll { $0.key.elementsEqual(key.utf8) }
            }
            self = .object(members)
        }
    }

    package var elements: [JSONTree] {
        if case .array(let elements) = self { elements } else { [] }
    }

    package var integer: Int? {
        if case .word(let spelling) = self {
            Int(String(decoding: spelling, as: UTF8.self))
        } else {
            nil
        }
    }

    /// Whether it is a string of these bytes, independent of the spelling of escapes.
    package func isText(_ bytes: some Collection<UInt8>) -> Bool {
        if case .string = self { self == .text(Array(bytes)) } else { false }
    }
}

/// The description of an edited stream: its devices in order, each as a tree.
package struct DescriptionTree {
    private var root: JSONTree

    package init(_ text: RawSpan) throws(JSONTape.Failure) { root = try JSONTree(text) }

    /// Creates a description without devices, for a page size in bytes.
    package init(pageSize: Int) {
        root = .object([
            .init(Array("page_size".utf8), .number(pageSize)), .init(Array("devices".utf8), .array([])),
        ])
    }

    package var text: [UInt8] {
        var text: [UInt8] = []
        root.write(to: &text)
        return text
    }

    package var configuration: JSONTree? {
        get { root["configuration"] }
        set { root["configuration"] = newValue }
    }

    package var devices: [JSONTree] {
        get { root["devices"]?.elements ?? [] }
        set { root["devices"] = .array(newValue) }
    }

    /// Returns the index of a section's device; `occurrence` counts the previous ones with the same name and
    /// instance id.
    package func index(of key: SectionKey) -> Int? {
        var seen = 0
        for (index, device) in devices.enumerated()
        where device["name"]?.isText(key.name) == true
            && device["instance_id"]?.integer == Int(key.instance)
        {
            if seen == key.occurrence { return index }
            seen += 1
        }
        return nil
    }
}

/// One step into the description of a device.
package enum DescriptionStep: Equatable {
    case field(name: [UInt8], element: Int?)
    case subsection([UInt8])
}

extension JSONTree {
    /// Changes the body that `steps` lead to, and increases the sizes on the path by its growth in bytes.
    ///
    /// - Returns: whether the steps lead to a body.
    @discardableResult
    package mutating func change(
        _ steps: ArraySlice<DescriptionStep>, grownBy growth: Int, _ body: (inout JSONTree) -> Void
    ) -> Bool {
        guard let step = steps.first else {
            body(&self)
            return true
        }
        switch step {
        case .subsection(let name):
            var all = self["subsections"]?.elements ?? []
            guard let index = all.firstIndex(where: { $0["vmsd_name"]?.isText(name) == true }),
                all[index].change(steps.dropFirst(), grownBy: growth, body)
            else { return false }
            self["subsections"] = .array(all)
            return true
        case .field(let name, let element):
            var all = self["fields"]?.elements ?? []
            guard let index = Self.entry(named: name, element: element, in: all) else { return false }
            if growth != 0, all[index]["array_len"] != nil {
                // The elements differ now, so write the array element by element.
                guard let split = Self.split(all[index], element: element ?? 0) else { return false }
                all.replaceSubrange(index...index, with: split)
                self["fields"] = .array(all)
                return change(steps, grownBy: growth, body)
            }
            if let size = all[index]["size"]?.integer { all[index]["size"] = .number(size + growth) }
            if var inner = all[index]["struct"] {
                guard inner.change(steps.dropFirst(), grownBy: growth, body) else { return false }
                all[index]["struct"] = inner
            } else if steps.count == 1 {
                body(&all[index])
            } else if !all[index].change(steps.dropFirst(), grownBy: growth, body) {
                return false
            }
            self["fields"] = .array(all)
            return true
        }
    }

    private static func entry(named name: [UInt8], element: Int?, in all: [JSONTree]) -> Int? {
        var base = 0
        for (index, entry) in all.enumerated() where entry["name"]?.isText(name) == true {
            let count = entry["array_len"]?.integer ?? 1
            if (element ?? 0) >= base, (element ?? 0) - base < count { return index }
            base = base.addingSaturated(count)
        }
        return nil
    }

    // The maximum number of array elements that are written one by one.
    private static let splitLimit = 1 << 16

    private static func split(_ entry: JSONTree, element: Int) -> [JSONTree]? {
        guard let count = entry["array_len"]?.integer, (1...splitLimit).contains(count) else {
            return nil
        }
        return (0..<count).map { number in
            var one = entry
            one["array_len"] = nil
            guard case .object(var members) = one else { return one }
            members.insert(Member(Array("index".utf8), .number(number)), at: min(1, members.count))
            one = .object(members)
            return one
        }
    }
}
