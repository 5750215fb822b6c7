import Bytes
import Glibc

/// Syntax that ArgumentParser does not support, expanded before it runs.
enum Shorthand {
    private static let words = ["--color": "--color=always", "--sample": EmbeddedSample.argument]

    /// Expands shorthand. `--color` alone means `--color=always`, as in ls(1) and grep(1), since options of
    /// the parser always take the next argument as their value. `--print-keymap` needs no file: it means
    /// `keys --toml`. `--sample` replaces a file. Without a file, the program reads standard input unless it
    /// is a terminal. A command may follow its options. `+ACTION` means `--exec ACTION`.
    static func expanded(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        if arguments[..<end].contains("--print-keymap") { return ["keys", "--toml"] }
        var result: [String] = arguments.enumerated().flatMap { index, argument -> [String] in
            guard index < end else { return [argument] }
            if argument.first == "+", argument.count > 1 { return ["--exec=" + argument.dropFirst()] }
            return [words[argument] ?? argument]
        }
        if let place = firstOperand(of: result), place > 0, commandNames.contains(result[place]),
            result.firstIndex(of: "--").map({ place < $0 }) ?? true
        {
            result.insert(result.remove(at: place), at: 0)
        }
        if wantsInput(result) { result.append("-") }
        return result
    }

    // Commands that open no file, or read the log from standard input.
    private static let fileless: Set<String> = ["keys", "schema", "settings", "record", "explain", "diff"]

    // True when no argument can be a file, and no option works without one.
    private static func wantsInput(_ arguments: [String]) -> Bool {
        guard !arguments.contains("--") else { return false }
        let given = operands(of: arguments)
        if let command = given.first {
            guard given.count == 1, commandNames.contains(command), !fileless.contains(command) else {
                return false
            }
        }
        let answered = ["--help", "-h", "--version", "--help-hidden"]
        guard
            !arguments.contains(where: {
                answered.contains($0) || $0.hasPrefix("--generate-completion-script")
            })
        else { return false }
        var status = stat()
        guard fstat(STDIN_FILENO, &status) == 0 else { return false }
        let kind = status.st_mode & S_IFMT
        return kind == S_IFREG || kind == S_IFIFO || kind == S_IFSOCK
    }

    static var commandNames: [String] {
        Migscope.configuration.subcommands.compactMap { $0.configuration.commandName }
    }

    /// The options of the browser and of files that take the next argument.
    private static let valueOptions: Set<String> = [
        "--description", "--snapshot", "--max-unpacked", "--at", "--find", "--dump-screen", "--keys",
        "--theme",
        "--clipboard-cmd", "--like", "--against", "--exec", "--stream", "--map", "--offset",
        "--member", "--channel",
        "--ram",
        "--qemu", "--where", "--depth", "--limit", "--section", "--block", "--format", "--bytes", "--offsets",
        "--path", "--range", "--physical", "--virtual", "--cpu", "--elf", "--output", "-o", "--form",
        "--set", "--rename", "--resize", "--drop", "--add-subsection", "--take", "--from", "--machine",
        "--to",
        "--xml", "--compress", "--listen",
    ]

    /// Whether the next argument belongs to an option.
    static func takesValue(_ option: String) -> Bool { valueOptions.contains(option) }

    /// Returns the arguments that are neither options nor their values.
    static func operands(of arguments: [String]) -> [String] {
        var found: [String] = []
        var rest = arguments[...]
        while let place = firstOperand(of: Array(rest)) {
            found.append(rest[rest.startIndex + place])
            rest = rest.dropFirst(place + 1)
        }
        return found
    }

    /// Returns the index of the first argument that is neither an option nor an option's value.
    private static func firstOperand(of arguments: [String]) -> Int? {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "--" { return index + 1 < arguments.count ? index + 1 : nil }
            guard argument.hasPrefix("-"), argument != "-" else { return index }
            index += valueOptions.contains(argument) ? 2 : 1
        }
        return nil
    }

    /// Rejects a misspelled command, which is most likely not the name of a file.
    ///
    /// - Throws: when the first word is not a file but similar to a command, and something follows it.
    static func checkCommand(_ arguments: [String]) throws(CommandFailure) {
        if arguments.first == "help", let word = operands(of: arguments).dropFirst().first,
            !commandNames.contains(word)
        {
            let near = Suggestion.text(for: word, among: commandNames)
            throw CommandFailure(
                .unusable, CommandFailure.advised("\(word): no such command\(near)", "migscope --help"))
        }
        guard let place = firstOperand(of: arguments), !commandNames.contains(arguments[place]),
            arguments[place] != "help", !arguments[place].contains("/")
        else { return }
        let word = arguments[place]
        guard access(word.fileName, F_OK) != 0,
            let near = Suggestion.nearest(to: word, among: commandNames).first
        else {
            return
        }
        throw CommandFailure(
            .unusable, "\(word): no such file or command; did you mean \(near)?")
    }
}
