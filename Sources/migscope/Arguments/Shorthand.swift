/// Options that stand for something that ArgumentParser can't say, spelled out beforehand.
enum Shorthand {
    /// `--color` alone means `--color=always`, as in ls(1) and grep(1): the parser's options always take the
    /// next argument as their value. `--print-keymap` needs no file: it is `keys --toml`.
    static func expanded(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        if arguments[..<end].contains("--print-keymap") { return ["keys", "--toml"] }
        return arguments.enumerated().map { index, argument in
            index < end && argument == "--color" ? "--color=always" : argument
        }
    }
}
