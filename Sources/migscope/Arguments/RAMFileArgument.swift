import ArgumentParser

/// `BLOCK=FILE`: where the RAM of a block is that a stream leaves out.
struct RAMFileArgument: ExpressibleByArgument {
    let block: String
    let path: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
        block = String(argument[..<sign])
        path = String(argument[argument.index(after: sign)...])
        if path.isEmpty { return nil }
    }
}
