import Bytes
import Diagnose
import Format
import Memory
import Stream

/// One edit of a stream, in the notation of users.
package enum StreamEdit: Equatable {
    package enum Operation: String {
        case assign = "="
        /// Sets flags.
        case add = "+="
        /// Clears flags.
        case remove = "-="
    }

    package struct NewBlock: Equatable {
        package var name: String
        /// The size in bytes.
        package var size: Int

        package init(name: String, size: Int) {
            self.name = name
            self.size = size
        }
    }

    package enum DescriptionSource: Equatable {
        case strip
        /// Rebuilt from the known contents of the stream's sections.
        case rebuild
        /// Rebuilt from another stream's description or a dump.
        case from(String)
    }

    case set(path: String, Operation, value: String)
    case renameMachine(String)
    /// `NAME` or `NAME:INSTANCE` on both sides.
    case renameSection(String, to: String)
    case renameBlock(String, to: String)
    /// The new size is in bytes.
    case resizeBlock(String, to: Int)
    case dropSection(String)
    case dropSubsection(String)
    case dropBlock(String)
    /// Each command of a kind between the sections, by QEMU's name for it: `SWITCHOVER_START`.
    case dropCommand(String)
    /// Adjacent blocks become others with the same total size.
    case regroupBlocks([String], into: [NewBlock])
    case addSubsection(String, from: String)
    case takeSection(String, from: String)
    /// The section, or a structure in it, keeps its values and gets the other stream's shape.
    case adapt(String, from: String)
    /// A field gets the bytes that it has in the other stream.
    case takeValue(String, from: String)
    case version(String, UInt32)
    case description(DescriptionSource)
    /// The configuration section of another stream replaces the own one.
    case takeConfiguration(from: String)
    /// The bytes after the end of the stream are cut.
    case cutTrailing
    /// Header and footer of a section are rewritten with its name and id.
    case reframe(String)

    /// The word of the edit in lists, and its operands.
    package var words: (String, [String]) {
        switch self {
        case .set(let path, let operation, let value): ("set", [path, operation.rawValue, value])
        case .renameMachine(let name): ("rename-machine", [name])
        case .renameSection(let old, let new): ("rename-section", [old, new])
        case .renameBlock(let old, let new): ("rename-block", [old, new])
        case .resizeBlock(let name, let size): ("resize-block", [name, String(size)])
        case .dropSection(let name): ("drop-section", [name])
        case .dropSubsection(let path): ("drop-subsection", [path])
        case .dropBlock(let name): ("drop-block", [name])
        case .dropCommand(let name): ("drop-command", [name])
        case .regroupBlocks(let old, let new):
            ("regroup-blocks", old + ["into"] + new.flatMap { [$0.name, String($0.size)] })
        case .addSubsection(let path, let other): ("add-subsection", [path, other])
        case .takeSection(let name, let other): ("take-section", [name, other])
        case .adapt(let name, let other): ("adapt", [name, other])
        case .takeValue(let path, let other): ("take-value", [path, other])
        case .version(let name, let version): ("version", [name, String(version)])
        case .description(.strip): ("description", ["strip"])
        case .description(.rebuild): ("description", ["rebuild"])
        case .description(.from(let other)): ("description", ["from", other])
        case .takeConfiguration(let other): ("take-configuration", [other])
        case .cutTrailing: ("cut-trailing", [])
        case .reframe(let name): ("reframe", [name])
        }
    }

    /// Parses an edit from a line of a list; nil for an unknown word or a wrong number of operands.
    package init?(_ word: String, _ operands: [String]) {
        let first = operands.first ?? ""
        let second = operands.count > 1 ? operands[1] : ""
        switch (word, operands.count) {
        case ("set", 3):
            guard let operation = Operation(rawValue: second) else { return nil }
            self = .set(path: first, operation, value: operands[2])
        case ("rename-machine", 1): self = .renameMachine(first)
        case ("rename-section", 2): self = .renameSection(first, to: second)
        case ("rename-block", 2): self = .renameBlock(first, to: second)
        case ("resize-block", 2):
            guard let size = ByteCount.parse(second) else { return nil }
            self = .resizeBlock(first, to: size)
        case ("drop-section", 1): self = .dropSection(first)
        case ("drop-subsection", 1): self = .dropSubsection(first)
        case ("drop-block", 1): self = .dropBlock(first)
        case ("drop-command", 1): self = .dropCommand(first)
        case ("regroup-blocks", _):
            guard let middle = operands.firstIndex(of: "into"), middle > 0,
                (operands.count - middle) % 2 == 1,
                operands.count > middle + 1
            else { return nil }
            var new: [NewBlock] = []
            for index in stride(from: middle + 1, to: operands.count, by: 2) {
                guard let size = ByteCount.parse(operands[index + 1]) else { return nil }
                new.append(NewBlock(name: operands[index], size: size))
            }
            self = .regroupBlocks(Array(operands[..<middle]), into: new)
        case ("add-subsection", 2): self = .addSubsection(first, from: second)
        case ("take-section", 2): self = .takeSection(first, from: second)
        case ("adapt", 2): self = .adapt(first, from: second)
        case ("take-value", 2): self = .takeValue(first, from: second)
        case ("version", 2):
            guard let version = UInt32(second) else { return nil }
            self = .version(first, version)
        case ("description", 1) where first == "strip": self = .description(.strip)
        case ("description", 1) where first == "rebuild": self = .description(.rebuild)
        case ("description", 2) where first == "from": self = .description(.from(second))
        case ("take-configuration", 1): self = .takeConfiguration(from: first)
        case ("cut-trailing", 0): self = .cutTrailing
        case ("reframe", 1): self = .reframe(first)
        default: return nil
        }
    }

    /// The file that the edit takes data from.
    package var otherFile: String? {
        switch self {
        case .addSubsection(_, let other), .takeSection(_, let other), .adapt(_, let other),
            .takeValue(_, let other), .description(.from(let other)), .takeConfiguration(let other):
            other
        default: nil
        }
    }
}

/// The effect of an edit on the bytes. Offsets are in the output stream, at the time of the edit.
package struct EditChange: Equatable {
    package var offset: Int
    package var path: String
    package var before: [UInt8]
    package var after: [UInt8]

    package init(offset: Int, path: String, before: [UInt8], after: [UInt8]) {
        self.offset = offset
        self.path = path
        self.before = before
        self.after = after
    }
}

/// A list of edits in a file: JSON as `migscope repair --format json` writes it, or lines of tab-separated
/// words.
package enum EditList {
    /// - Throws: `EditError` with the number of the invalid line or edit.
    package static func parse(_ text: [UInt8]) throws(EditError) -> [StreamEdit] {
        let start = text.first { $0 != 0x20 && $0 != 0x0a && $0 != 0x0d && $0 != 0x09 }
        if start == UInt8(ascii: "[") || start == UInt8(ascii: "{") { return try json(text) }
        var edits: [StreamEdit] = []
        for (number, line) in text.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            var words = line.split(separator: 0x09, omittingEmptySubsequences: false)
            if let last = words.last, last.last == 0x0d { words[words.count - 1] = last.dropLast() }
            let texts = words.map { String(decoding: $0, as: UTF8.self) }
            guard let word = texts.first, !word.isEmpty, !word.hasPrefix("#") else { continue }
            guard let edit = StreamEdit(word, Array(texts.dropFirst())) else {
                throw EditError(
                    "line \(number + 1): not an edit: \"\(DisplayText.escaped(texts.joined(separator: " ")))\""
                )
            }
            edits.append(edit)
        }
        return edits
    }

    private static func json(_ text: [UInt8]) throws(EditError) -> [StreamEdit] {
        let tree: JSONTree
        do throws(JSONTape.Failure) {
            let region = MappedRegion(copying: text)
            tree = try JSONTree(region.span)
        } catch {
            throw EditError(
                "invalid JSON at \(error.offset): expected \(error.expected), found \(error.found)")
        }
        let list = tree["edits"] ?? tree
        guard case .array(let entries) = list else {
            throw EditError("expected a JSON array of edits, or {\"edits\": […]}")
        }
        var edits: [StreamEdit] = []
        for (number, entry) in entries.enumerated() {
            let words = (entry["words"] ?? entry).elements.map(\.plainText)
            guard let word = words.first, let edit = StreamEdit(word, Array(words.dropFirst())) else {
                throw EditError("edit \(number + 1): expected [\"set\", PATH, \"=\", VALUE] or the like")
            }
            edits.append(edit)
        }
        return edits
    }
}

extension JSONTree {
    /// A string with its escapes resolved, or a word as spelled; empty for other values.
    package var plainText: String {
        switch self {
        case .string(let spelling):
            let text = [UInt8(ascii: "\"")] + spelling + [UInt8(ascii: "\"")]
            let region = MappedRegion(copying: text)
            guard let tape = try? JSONTape(region.span) else { return "" }
            return String(decoding: tape.string(0, in: region.span) ?? [], as: UTF8.self)
        case .word(let spelling): return String(decoding: spelling, as: UTF8.self)
        case .object, .array: return ""
        }
    }
}

/// The reason why an edit fails, or why a stream can't be written. One line, with advice.
package struct EditError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    /// Returns the error for output that differs from the intended bytes, from about this offset in the
    /// stream on.
    package static func differs(near offset: Int) -> EditError {
        EditError(
            "the output differs near \(Hex.offset(offset)) when it is read back; try: write it elsewhere")
    }
}

/// Receives the bytes of an output stream, in order.
package protocol PieceSink {
    /// Appends generated bytes.
    mutating func put(_ bytes: [UInt8]) throws(EditError)
    /// Appends bytes of a mapped file; the kernel may copy or share them.
    mutating func copy(_ region: MappedRegion, _ range: Range<Int>) throws(EditError)
    /// Appends zeros that need no disk space.
    mutating func skip(_ count: Int) throws(EditError)
}
