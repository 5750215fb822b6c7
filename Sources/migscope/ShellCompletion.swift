import Bytes
import Container
import Edit
import Memory
import TUI
import Query
import Stream

/// The completions for a shell: options, commands, and names from the file itself.
///
/// The scripts of `--generate-completion-script` call `migscope --complete WORD…`, where the last word is
/// incomplete. Each output line is a word and, after a tab, its description; the line `:files` asks for file
/// names.
enum ShellCompletion {
    static let option = "--complete"
    private static let files = ":files"
    // No shell shows more lines.
    private static let most = 2000

    /// Returns the lines for the words after the program name.
    static func lines(_ words: [String]) -> [String] {
        // The same word may be a section and the start of a path.
        var seen: Set<Substring> = []
        return candidates(words).filter { seen.insert($0.prefix { $0 != "\t" }).inserted }
    }

    private static func candidates(_ words: [String]) -> [String] {
        // Some shells pass the open quote.
        let typed = words.last ?? ""
        let current = typed.hasPrefix("'") || typed.hasPrefix("\"") ? String(typed.dropFirst()) : typed
        let before = Array(words.dropLast())
        let commands = Migscope.configuration.subcommands
        let names = commands.compactMap { $0.configuration.commandName }
        let operands = Shorthand.operands(of: before)
        let command = operands.first.flatMap { names.contains($0) ? $0 : nil }
        let given = Array(operands.dropFirst(command == nil ? 0 : 1))
        let file = given.first ?? ""
        if let last = before.last, last.hasPrefix("-"), let kind = valueKind(last) {
            return values(kind, current, file: file)
        }
        if current.hasPrefix("--"), let sign = current.firstIndex(of: "="),
            let kind = valueKind(String(current[..<sign]))
        {
            let start = current[...sign]
            return values(kind, String(current[current.index(after: sign)...]), file: file).map {
                $0 == files ? $0 : start + $0
            }
        }
        if current.hasPrefix("+"), command == nil {
            return Action.allCases.map { line("+" + $0.name, $0.title) }.filter { $0.hasPrefix(current) }
        }
        if current.hasPrefix("-") { return options(of: command, current) }
        if operands.isEmpty {
            let found = commands.compactMap { type -> String? in
                guard let name = type.configuration.commandName, name.hasPrefix(current) else { return nil }
                return line(name, type.configuration.abstract)
            }
            return found + [files]
        }
        if command == "explain" {
            let codes = FindingCode.allCases.filter { $0.rawValue.hasPrefix(current) && !current.isEmpty }
            return codes.map { line($0.rawValue, $0.entry.meaning) } + [files]
        }
        guard let command, !given.isEmpty else { return [files] }
        switch command {
        case "tree" where given.count == 1, "report", "compare",
            "at" where given.count == 1:
            return paths(current, in: file)
        case "find" where given.count == 1: return fieldNames(current, in: file)
        case "diff": return [files]
        default: return []
        }
    }

    private static func line(_ word: String, _ title: String) -> String {
        let title = DisplayText.escaped(title)
        return title.isEmpty ? word : word + "\t" + title
    }

    // MARK: Options

    private enum Operand {
        case files, section, block, path, filter, choice([String]), free
        /// A name from the file, with the words before it.
        case snapshot, member, processor, edit, drop, resize, placed, ram
    }

    private static let kinds: [String: Operand] = [
        "--description": .files, "--like": .files, "--against": .files, "-o": .files, "--output": .files,
        "--elf": .files, "--section": .section, "--block": .block, "--path": .path, "--where": .filter,
        "--at": .path, "--channel": .files, "--xml": .files, "--from": .files, "--ram": .ram,
        "--snapshot": .snapshot, "--member": .member, "--cpu": .processor, "--map": .placed, "--set": .edit,
        "--drop": .drop, "--resize": .resize, "--to": .choice(["plain", "mapped-ram"]),
        "--compress": .choice(["raw"] + Packing.names),
        "--color": .choice(["auto", "always", "never", "truecolor", "256", "16"]),
        "--theme": .choice(["auto", "dark", "light", "mono", "high-contrast"]),
        "--format": .choice(["tsv", "json"]), "--offsets": .choice(["hex", "dec"]),
        "--form": .choice(["object", "array", "subsection"]),
    ]

    // The kind of value after an option; nil when the option takes none.
    private static func valueKind(_ option: String) -> Operand? {
        kinds[option] ?? (Shorthand.takesValue(option) ? .free : nil)
    }

    private static func values(_ kind: Operand, _ current: String, file: String) -> [String] {
        switch kind {
        case .files: return [files]
        case .choice(let words): return words.filter { $0.hasPrefix(current) }
        case .section: return sections(current, in: file)
        case .block: return blocks(current, in: file)
        case .path: return paths(current, in: file)
        case .filter:
            guard let document = document(file) else {
                return Filter.words.filter { $0.hasPrefix(current) }
            }
            return Filter.completions(of: current, in: document, limit: most)
        case .snapshot:
            guard let document = document(file) else { return [] }
            return document.store.container.snapshots.filter {
                $0.name.hasPrefix(current) && $0.stateSize > 0
            }
            .map { line($0.name, "\($0.stateSize) bytes") }
        case .member:
            guard let document = document(file) else { return [] }
            return document.store.container.members.filter { $0.name.hasPrefix(current) }.map {
                line($0.name, "\($0.size) bytes")
            }
        case .processor:
            guard let document = document(file) else { return [] }
            return document.processors().map { String($0.number) }.filter { $0.hasPrefix(current) }
        case .edit: return paths(current, in: file)
        case .drop:
            let kinds = ["section=", "subsection=", "block=", "command=", "trailing"]
            return kinds.filter { $0.hasPrefix(current) && $0 != current }
                + after("section=", current) { sections($0, in: file) }
                + after("block=", current) { blocks($0, in: file) }
                + after("subsection=", current) { paths($0, in: file) }
        case .resize:
            return ["block="].filter { $0.hasPrefix(current) && $0 != current }
                + after("block=", current) { blocks($0, in: file, ending: ":") }
        case .placed: return blocks(current, in: file, ending: "@")
        case .ram: return current.contains("=") ? [files] : blocks(current, in: file, ending: "=")
        case .free: return []
        }
    }

    // Returns the possible continuations of a word.
    private static func after(
        _ start: String, _ current: String, _ names: (String) -> [String]
    ) -> [String] {
        current.hasPrefix(start) ? names(String(current.dropFirst(start.count))).map { start + $0 } : []
    }

    // Parses the command's help: two blanks, the option, its title.
    private static func options(of command: String?, _ current: String) -> [String] {
        let name = command ?? "browse"
        let type = Migscope.configuration.subcommands.first { $0.configuration.commandName == name }
        guard let type else { return [] }
        var found: [String] = []
        for text in Migscope.helpMessage(for: type, columns: 200).split(separator: "\n")
        where text.hasPrefix("  -") {
            let parts = text.split(separator: " ", omittingEmptySubsequences: true)
            let words = parts.prefix { $0.hasPrefix("-") || $0.hasPrefix("<") }
            let title = parts.dropFirst(words.count).joined(separator: " ")
            for part in words {
                for word in part.split(separator: "/") {
                    let option = String(word.filter { $0 != "," })
                    if option.hasPrefix("-"), option.hasPrefix(current) { found.append(line(option, title)) }
                }
            }
        }
        return found
    }

    // MARK: Names from the file

    // Only files that open at once: nobody waits after a key press.
    private static func document(_ file: String) -> Document? {
        guard file != "-", !file.isEmpty else { return nil }
        do throws(OpenError) {
            if file == EmbeddedSample.argument || file == "--sample" { return try EmbeddedSample.open() }
            let opening = try DocumentOpening(path: file, options: try .usual())
            while !opening.isUnpacking, try opening.step() {}
            return opening.isUnpacking ? nil : try opening.finish()
        } catch {
            return nil
        }
    }

    private static func sections(_ current: String, in file: String) -> [String] {
        guard let document = document(file) else { return [] }
        return sections(current, in: document)
    }

    private static func sections(_ current: String, in document: Document) -> [String] {
        var seen: Set<String> = []
        return document.overview.sections.flatMap { section in
            names(of: section.name, section.instance).filter {
                $0.hasPrefix(current) && seen.insert($0).inserted
            }.map { line($0, "version \(section.version), \(section.size) bytes") }
        }
    }

    // Names as places accept them: with and without the instance id, and without the device path.
    private static func names(of name: String, _ instance: UInt32) -> [String] {
        let short = name.withoutDevicePath
        return (short == name ? [name] : [name, short]).flatMap { [$0, "\($0):\(instance)"] }
    }

    private static func blocks(_ current: String, in file: String, ending: String = "") -> [String] {
        guard let document = document(file) else { return [] }
        return document.overview.ramBlocks.filter { $0.name.hasPrefix(current) }.map {
            line($0.name + ending, "\($0.size) bytes")
        }
    }

    // Returns paths with one more component, and labels of registers.
    private static func paths(_ current: String, in file: String) -> [String] {
        guard let document = document(file) else { return [] }
        let cut = current.lastIndex(of: "/").map { current.index(after: $0) } ?? current.startIndex
        let start = current[..<cut]
        var found: [String] = []
        if let parent = document.tree.knownPath(text: String(start.dropLast())) {
            let node = document.tree.node(parent)
            let first = parent == .root ? document.store.containerCount : 0
            for index in first..<max(min(node.childCount, first + most), first) {
                let child = document.tree.child(index, of: node)
                let text = document.tree.pathText(child.path)
                guard text.hasPrefix(current) else { continue }
                let title = [document.tree.label(child), document.tree.typeName(child)].filter { !$0.isEmpty }
                found.append(line(text, title.joined(separator: ", ")))
            }
        }
        if cut == current.startIndex, !current.isEmpty {
            let short = sections(current, in: document).filter { $0.contains(":") }
            found += short.filter { !found.contains($0) }
            if found.isEmpty { found = names(beginning: current, in: document, below: nil, isLabel: true) }
        } else if found.isEmpty, cut > current.startIndex,
            let section = try? document.place(String(start.dropLast()), from: 0)
        {
            // Registers are found at any depth of their section.
            found = names(
                beginning: String(current[cut...]), in: document, below: section.path, isLabel: true
            ).map { start + $0 }
        }
        return found
    }

    private static func fieldNames(_ current: String, in file: String) -> [String] {
        guard let document = document(file), !current.isEmpty else { return [] }
        return names(beginning: current, in: document, below: nil, isLabel: false)
    }

    // Names and labels of fields, or only labels.
    private static func names(
        beginning current: String, in document: Document, below path: NodePath?, isLabel: Bool
    ) -> [String] {
        var walk =
            path.map { NodeWalk(document, reach: .fields, below: $0) } ?? NodeWalk(document, reach: .fields)
        var names: Set<String> = []
        var steps = 0
        while steps < 200_000, names.count < most, walk.next() {
            steps += 1
            guard !walk.node.isElement else { continue }
            let label = document.tree.label(walk.node)
            for name in isLabel ? [label] : [document.tree.name(walk.node), label]
            where name.hasPrefix(current) {
                names.insert(name)
            }
        }
        return names.sorted()
    }

    // MARK: Scripts

    /// Returns the script for a shell; nil for an unknown one.
    static func script(for shell: String) -> String? {
        switch shell {
        case "bash": bash
        case "zsh": zsh
        case "fish": fish
        default: nil
        }
    }

    // This code splits the words, since bash also splits at colons and equal signs, and keeps quotes.
    private static let bash = #"""
        # bash completion for migscope
        _migscope() {
            local line=${COMP_LINE:0:COMP_POINT} cur=${COMP_WORDS[COMP_CWORD]} word="" reply
            local char quote="" begun="" i
            local -a words=()
            for ((i = 0; i < ${#line}; i++)); do
                char=${line:i:1}
                if [[ $quote == "'" && $char != "'" || $quote == '"' && $char != [\"\\] ]]; then
                    word+=$char
                elif [[ $char == "\\" ]]; then
                    i=$((i + 1)) word+=${line:i:1} begun=1
                elif [[ -n $quote ]]; then
                    quote=""
                elif [[ $char == [\'\"] ]]; then
                    quote=$char begun=1
                elif [[ $char == [[:space:]] ]]; then
                    [[ -n $begun ]] && words+=("$word")
                    word="" begun=""
                else
                    word+=$char begun=1
                fi
            done
            words+=("$word")
            [[ $cur == [\'\"]* ]] && cur=${cur:1}
            [[ $cur == *\\* ]] && cur=${cur//\\/}
            [[ $cur == [:=] ]] && cur=""
            COMPREPLY=()
            while IFS= read -r reply; do
                if [[ $reply == :files ]]; then
                    compopt -o filenames 2> /dev/null
                    while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -f -- "$cur")
                else
                    reply=${reply%%$'\t'*}
                    # What stands before the last colon or equal sign is there already.
                    COMPREPLY+=("${reply:${#word} - ${#cur}}")
                    [[ $reply == */ || $reply == --*= ]] && compopt -o nospace 2> /dev/null
                fi
            done < <("${words[0]}" --complete "${words[@]:1}" 2> /dev/null)
        }
        complete -F _migscope migscope
        """#

    private static let zsh = #"""
        #compdef migscope
        # zsh completion for migscope
        _migscope() {
            local reply
            local -a found texts
            for reply in ${(f)"$(${words[1]} --complete "${(@Q)words[2,CURRENT]}" 2> /dev/null)"}; do
                if [[ $reply == :files ]]; then
                    _files
                else
                    found+=("${reply%%$'\t'*}")
                    texts+=("${reply//$'\t'/  -- }")
                fi
            done
            (( $#found )) && compadd -l -d texts -- "${(@)found}"
        }
        if [[ $funcstack[1] == _migscope ]]; then _migscope "$@"; else compdef _migscope migscope; fi
        """#

    private static let fish = #"""
        # fish completion for migscope
        function __migscope_complete
            set -l words (commandline -opc) (commandline -ct)
            for reply in ($words[1] --complete $words[2..-1] 2> /dev/null)
                if test "$reply" = :files
                    __fish_complete_path (commandline -ct)
                else
                    echo $reply
                end
            end
        end
        complete -c migscope -f -a '(__migscope_complete)'
        """#
}
