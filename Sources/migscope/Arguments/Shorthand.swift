/// Options that stand for something that ArgumentParser can't say, spelled out beforehand.
enum Shorthand {
    /// The name of the sample stream in place of a file's.
    static let sample = "sample:"

    private static let words = ["--color": "--color=always", "--sample": sample]

    /// `--color` alone means `--color=always`, as in ls(1) and grep(1): the parser's options always take the
    /// next argument as their value. `--print-keymap` needs no file: it is `keys --toml`. `--sample` stands
    /// where a file does.
    static func expanded(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        if arguments[..<end].contains("--print-keymap") { return ["keys", "--toml"] }
        return arguments.enumerated().map { index, argument in
            index < end ? words[argument] ?? argument : argument
        }
    }
}
