/// Watches the return path for messages that show whether a migration in postcopy has completed.
struct ReturnPathWatch {
    // The last bytes, which may contain the end of a message.
    private var last: [UInt8] = []
    private var isPostcopy = false
    /// Whether this is the main channel: only that has a return path.
    private(set) var isMain = false

    private static let size = 8

    /// The answers to the pings in and after the package of devices (migration/migration.c postcopy_start), and to
    /// POSTCOPY_RESUME.
    private static let postcopy: [[UInt8]] = [
        [0, 2, 0, 4, 0, 0, 0, 3], [0, 2, 0, 4, 0, 0, 0, 4], [0, 6, 0, 4, 0, 0, 0, 1],
    ]

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        let all = last + bytes
        if !isPostcopy {
            isPostcopy = Self.postcopy.contains { message in
                all.indices.dropLast(Self.size - 1).contains { all[$0...].starts(with: message) }
            }
        }
        isMain = true
        last = all.suffix(Self.size)
    }

    /// Whether the connection has ended in postcopy without SHUT, the message that ends a migration.
    var isPaused: Bool { isPostcopy && !last.starts(with: [0, 1, 0, 4]) }
}
