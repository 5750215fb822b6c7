/// `--color` alone means `--color=always`, as in ls(1) and grep(1).
///
/// ArgumentParser's options always take the next argument as their value, so it is spelled out beforehand.
enum BareColor {
    static func expanded(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments.enumerated().map { index, argument in
            index < end && argument == "--color" ? "--color=always" : argument
        }
    }
}
