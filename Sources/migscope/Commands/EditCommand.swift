import ArgumentParser
import Bytes
import Edit
import Export
import Stream

/// `migscope edit`: a changed copy of a stream.
struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Write a changed copy of FILE, consistent in each length, frame and count.",
        usage:
            "migscope edit FILE EDIT… (-o OUT [--xml XML] [--compress NAME] | --dry-run [--json|--ndjson])",
        discussion: """
            Edits are applied in this order: --from, --description FILE, --take, --drop, --rename, --resize, \
            --version, --add-subsection, --set, --description strip or rebuild; a list (--from) in its own order. \
            FILE is never written. OUT is private (0600), is read back, and exists only when it is complete.
            Example: migscope edit vm.mig --set timer:0/cpu_ticks_offset=0 -o new.mig
                     migscope edit vm.mig --drop section=vmgenid --dry-run
            """)

    @OptionGroup var input: SourceArgument

    @Option(
        help: ArgumentHelp(
            "A value: a number in any base, true, a name, \"text\", hex:0a0b; += and -= set and clear flags by name.",
            valueName: "path=value"))
    var set: [String] = []

    @Option(help: ArgumentHelp("machine=NAME, section=OLD:NEW or block=OLD:NEW.", valueName: "kind=old:new"))
    var rename: [String] = []

    @Option(help: ArgumentHelp("block=NAME:SIZE.", valueName: "block=name:size"))
    var resize: [String] = []

    @Option(
        help: ArgumentHelp(
            "section=NAME, subsection=PATH, block=NAME, command=NAME or trailing.", valueName: "kind=name"))
    var drop: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("A subsection of another stream: PATH FROM=OTHER.", valueName: "path from=other"))
    var addSubsection: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "A complete section of another stream, its shape, a value or the configuration: section=NAME, shape=NAME, value=PATH or configuration, then FROM=OTHER.",
            valueName: "kind=name from=other"))
    var take: [String] = []

    @Option(help: ArgumentHelp("The version id of a section: section=N.", valueName: "section=n"))
    var version: [String] = []

    @Option(
        help: ArgumentHelp(
            "strip, rebuild, or a stream or desc output that describes the same machine.", valueName: "how"))
    var description: String?

    @Option(
        help: ArgumentHelp("A list of edits, JSON or tab-separated.", valueName: "list"), completion: .file())
    var from: [String] = []

    @Flag(help: "Print each edit with offsets and the bytes before and after; write nothing.")
    var dryRun = false

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The file to write.", valueName: "out"))
    var output: String?

    @OptionGroup var image: ImageArguments

    @OptionGroup var records: RecordArguments

    @OptionGroup var overwriting: OverwriteArgument

    func validate() throws {
        if records.form != nil, !dryRun { throw ValidationError("--json and --ndjson require --dry-run") }
        if image.isImage, dryRun { throw ValidationError("--xml and --compress require -o OUT") }
        guard dryRun || output != nil else { throw ValidationError("give -o OUT or --dry-run") }
    }

    func run() throws {
        var draft: StreamDraft
        var changes: [(StreamEdit, [EditChange])] = []
        var inputs = input.files
        let document = try input.open()
        do throws(EditError) {
            let edits = try edits(document)
            inputs += edits.compactMap(\.otherFile)
            // An image contains a plain stream.
            draft = try StreamDraft(document, as: image.isImage ? .plain : nil)
            var editor = StreamEditor(draft) { path throws(EditError) in try EditFiles.open(path) }
            for edit in edits { changes.append((edit, try editor.apply(edit))) }
            draft = editor.draft
        } catch {
            throw CommandFailure(.unusable, error.description)
        }
        if dryRun { EditReport.write(changes, records.form) }
        guard let output, !dryRun else { return }
        try image.write(draft, to: output, inputs: inputs, replaces: overwriting.force)
        image.hint(document, output)
    }

    // MARK: Edits in order

    private func edits(_ document: Document) throws(EditError) -> [StreamEdit] {
        var edits: [StreamEdit] = []
        for path in from { edits += try EditFiles.list(path) }
        if let description, description != "strip", description != "rebuild" {
            edits.append(.description(.from(description)))
        }
        edits += try takes()
        for text in drop { edits.append(try dropped(text)) }
        for text in rename { edits.append(try renamed(text, document)) }
        for text in resize { edits.append(try resized(text)) }
        for text in version {
            guard let split = text.lastIndex(of: "="), let number = UInt32(text[text.index(after: split)...])
            else {
                throw EditError("--version \(text): expected section=N; try: --version timer=2")
            }
            edits.append(.version(String(text[..<split]), number))
        }
        edits += try additions()
        for text in set { edits.append(try assigned(text)) }
        if description == "strip" { edits.append(.description(.strip)) }
        if description == "rebuild" { edits.append(.description(.rebuild)) }
        guard !edits.isEmpty || output != nil else { throw EditError("nothing to do; try: --set PATH=VALUE") }
        return edits
    }

    private func dropped(_ text: String) throws(EditError) -> StreamEdit {
        if text == "trailing" { return .cutTrailing }
        let (kind, name) = try Self.pair(text, "--drop")
        switch kind {
        case "section": return .dropSection(name)
        case "subsection": return .dropSubsection(name)
        case "block": return .dropBlock(name)
        case "command": return .dropCommand(name)
        default:
            throw EditError(
                "--drop \(text): expected section=, subsection=, block=, command= or trailing; try: --drop section=vmgenid"
            )
        }
    }

    private func renamed(_ text: String, _ document: Document) throws(EditError) -> StreamEdit {
        let (kind, value) = try Self.pair(text, "--rename")
        if kind == "machine" { return .renameMachine(value) }
        guard let (old, new) = Self.halves(value, isSection: kind == "section", document) else {
            throw EditError(
                "--rename \(text): expected \(kind)=OLD:NEW, with OLD in the stream; try: migscope info FILE"
            )
        }
        switch kind {
        case "section": return .renameSection(old, to: new)
        case "block": return .renameBlock(old, to: new)
        default:
            throw EditError(
                "--rename \(text): expected machine=, section= or block=; try: --rename machine=pc-q35-9.0")
        }
    }

    // Names contain colons too, so take the longest prefix that the stream has. The `0000` of a PCI address
    // that begins the new name is not an instance id of the old one.
    private static func halves(
        _ text: String, isSection: Bool, _ document: Document
    ) -> (String, String)? {
        for colon in text.indices.reversed() where text[colon] == ":" {
            let (old, new) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
            let last = old[(old.lastIndex(of: ":").map { old.index(after: $0) } ?? old.startIndex)...]
            if isSection, last.count > 1, last.first == "0", last.allSatisfy(\.isNumber) { continue }
            let isKnown =
                isSection
                ? (try? StreamDraft.section(named: old, in: document)) != nil
                : document.store.hasRAMBlock(old)
            if isKnown, !new.isEmpty { return (old, new) }
        }
        return nil
    }

    private func resized(_ text: String) throws(EditError) -> StreamEdit {
        let (kind, value) = try Self.pair(text, "--resize")
        guard kind == "block", let colon = value.lastIndex(of: ":"),
            let size = ByteCount.parse(value[value.index(after: colon)...])
        else {
            throw EditError("--resize \(text): expected block=NAME:SIZE; try: --resize block=vga.vram:32M")
        }
        return .resizeBlock(String(value[..<colon]), to: size)
    }

    private func assigned(_ text: String) throws(EditError) -> StreamEdit {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
            throw EditError("--set \(text): expected PATH=VALUE; try: --set timer:0/cpu_ticks_offset=0")
        }
        let value = String(text[text.index(after: sign)...])
        let before = text.index(before: sign)
        switch text[before] {
        case "+": return .set(path: String(text[..<before]), .add, value: value)
        case "-": return .set(path: String(text[..<before]), .remove, value: value)
        default: return .set(path: String(text[..<sign]), .assign, value: value)
        }
    }

    private func takes() throws(EditError) -> [StreamEdit] {
        var edits: [StreamEdit] = []
        for (text, other) in try Self.sources(take, "--take") {
            if text == "configuration" {
                edits.append(.takeConfiguration(from: other))
                continue
            }
            let (kind, name) = try Self.pair(text, "--take")
            switch kind {
            case "section": edits.append(.takeSection(name, from: other))
            case "shape": edits.append(.adapt(name, from: other))
            case "value": edits.append(.takeValue(name, from: other))
            default:
                throw EditError(
                    "--take \(text): expected section=, shape=, value= or configuration; try: --take section=vmgenid FROM=other.mig"
                )
            }
        }
        return edits
    }

    private func additions() throws(EditError) -> [StreamEdit] {
        try Self.sources(addSubsection, "--add-subsection").map { .addSubsection($0.0, from: $0.1) }
    }

    // Each use of `PATH FROM=OTHER`.
    private static func sources(_ words: [String], _ option: String) throws(EditError) -> [(String, String)] {
        var result: [(String, String)] = []
        var open: String?
        for word in words {
            if let name = open, word.hasPrefix("FROM=") {
                result.append((name, String(word.dropFirst(5))))
                open = nil
            } else if open == nil {
                open = word
            } else {
                throw EditError("\(option) \(word): expected FROM=OTHER; try: FROM=other.mig after it")
            }
        }
        if let open {
            throw EditError("\(option) \(open): FROM=OTHER is missing; try: FROM=other.mig after it")
        }
        return result
    }

    private static let examples: [String: String] = [
        "--drop": "section=vmgenid", "--rename": "machine=pc-q35-9.0", "--resize": "block=vga.vram:32M",
        "--take": "section=vmgenid FROM=other.mig",
    ]

    private static func pair(_ text: String, _ option: String) throws(EditError) -> (String, String) {
        guard let sign = text.firstIndex(of: "=") else {
            throw EditError(
                "\(option) \(text): expected KIND=NAME; try: \(option) \(examples[option] ?? "section=NAME")")
        }
        return (String(text[..<sign]), String(text[text.index(after: sign)...]))
    }
}

/// The files of edits.
enum EditFiles {
    /// Opens a stream to edit, or to take data from.
    static func open(_ path: String) throws(EditError) -> Document {
        do throws(OpenError) {
            return try Document.open(path: path, options: try .usual())
        } catch {
            throw EditError(error.description)
        }
    }

    private static let listLimit = 16 << 20

    static func list(_ path: String) throws(EditError) -> [StreamEdit] {
        do throws(OpenError) {
            let region = try MappedRegion.open(path: path)
            guard region.count <= listLimit else { throw OpenError.empty(path: path) }
            do throws(EditError) {
                return try EditList.parse(region.copy(0..<region.count))
            } catch {
                throw OpenError.notAStream(path: path, found: error.description, advice: "")
            }
        } catch {
            throw EditError(error.description)
        }
    }
}

/// The changes by edits, as text: a line for each place, then the bytes before and after.
enum EditReport {
    private static let byteLimit = 32

    static func write(_ edits: [(StreamEdit, [EditChange])], _ form: RecordForm?) {
        var output = StandardOutput()
        if let form {
            writeRecords(edits, form, to: &output)
            return output.flush()
        }
        for (edit, changes) in edits {
            let (word, operands) = edit.words
            output.write(
                Array("\(([word] + operands).map { DisplayText.escaped($0) }.joined(separator: " "))\n".utf8))
            if changes.isEmpty { output.write(Array("    nothing changes\n".utf8)) }
            for change in changes {
                output.write(Array("    \(Hex.offset(change.offset))  \(change.path)\n".utf8))
                for (sign, bytes) in [("-", change.before), ("+", change.after)] where !bytes.isEmpty {
                    let more = bytes.count > byteLimit ? " … (\(bytes.count) bytes)" : ""
                    output.write(
                        Array("    \(sign) \(Hex.dump(Array(bytes.prefix(byteLimit))))\(more)\n".utf8))
                }
            }
        }
        output.flush()
    }

    // Writes a record for each place that an edit changes.
    private static func writeRecords(
        _ edits: [(StreamEdit, [EditChange])], _ form: RecordForm, to output: inout StandardOutput
    ) {
        var records = RecordList(form)
        for (edit, changes) in edits {
            let (word, operands) = edit.words
            for change in changes {
                records.add(to: &output) { json in
                    json.strings("edit", [word] + operands)
                    json.member("offset", change.offset)
                    json.member("path", change.path)
                    json.member("before", Hex.dump(change.before, separator: ""))
                    json.member("after", Hex.dump(change.after, separator: ""))
                }
            }
        }
        records.finish(to: &output)
    }
}
