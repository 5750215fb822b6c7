/// What an argument must look like, by the name that help gives its value.
enum ArgumentForms {
    private static let forms: [String: String] = [
        "offset": "an offset: 4096, 0x1000, 4K or file:0x1000",
        "offset+length": "an offset and a length: 0x1000+4K or file:0x1000+64",
        "range": "an offset and a length: 0x1000+4K or file:0x1000+64",
        "address+length": "an address and a length: 0x100000+4K",
        "n": "a number: 4096, 0x1000 or 4K",
        "bytes": "a number of bytes: 4096, 0x1000, 4K or 2G",
        "WxH": "columns and rows, at most 1000 of each: 80x24",
    ]

    /// The form for a message about a value that is none; nil for other messages.
    static func form(for message: String) -> String? {
        guard message.contains(" is invalid for '"), let start = message.lastIndex(of: "<"),
            let end = message.lastIndex(of: ">"), start < end, !message.contains("Please provide")
        else { return nil }
        return forms[String(message[message.index(after: start)..<end])]
    }
}
