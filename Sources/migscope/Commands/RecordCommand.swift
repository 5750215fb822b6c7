import ArgumentParser
import Bytes
import Glibc

/// `migscope record`: stands between source and destination and writes down what goes over each connection.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Pass a live migration on to its destination, and write each connection to a file.",
        usage: "migscope record --listen ADDRESS --to ADDRESS -o FOLDER",
        discussion: """
            The source migrates to the first address (`migrate tcp:HOST:PORT`), the destination waits at the second \
            (`-incoming`). FOLDER opens as one stream: `migscope FOLDER`. An address is HOST:PORT, PORT (of the \
            loopback), or unix:PATH. When FOLDER can't be written any more, the migration goes on all the same. Ends \
            when the last connection does. The files hold guest memory; they are created with mode 0600.
            Example: migscope record --listen 4444 --to 192.0.2.7:4444 -o capture
            """)

    @Option(help: ArgumentHelp("Where the source migrates to.", valueName: "address"))
    var listen: SocketAddress

    @Option(help: ArgumentHelp("Where the destination waits.", valueName: "address"))
    var to: SocketAddress

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The folder to create; an empty one is taken too.", valueName: "folder"))
    var output: String

    func run() throws {
        try createFolder()
        let listener = try listen.listener()
        var proxy = MigrationProxy(listener: listener, target: to, folder: output)
        try proxy.run()
        if case .unix(let path) = listen { unlink(path.fileName) }
        if let failure = proxy.failure { throw failure }
    }

    private func createFolder() throws(CommandFailure) {
        if mkdir(output.fileName, 0o700) == 0 { return }
        let code = errno
        guard code == EEXIST else {
            throw CommandFailure(
                .unusable, "\(output): \(String(cString: strerror(code))); try: another folder")
        }
        guard let handle = opendir(output.fileName) else {
            throw CommandFailure(
                .unusable, "\(output): \(String(cString: strerror(errno))); try: another folder")
        }
        defer { closedir(handle) }
        var count = 0
        while readdir(handle) != nil { count += 1 }
        guard count <= 2 else {
            throw CommandFailure(
                .unusable, "\(output): is not empty, nothing is overwritten; try: another folder")
        }
    }
}

/// Where a connection is made or waited for.
enum SocketAddress: ExpressibleByArgument {
    case tcp(host: String, port: String)
    case unix(String)

    /// `HOST:PORT`, `[IPv6]:PORT`, `PORT`, `tcp:…` or `unix:PATH`. Without a host it is the loopback.
    init?(argument: String) {
        if argument.hasPrefix("unix:") {
            let path = String(argument.dropFirst("unix:".count))
            guard !path.isEmpty, path.fileName.count <= 108 else { return nil }
            self = .unix(path)
            return
        }
        let text = argument.hasPrefix("tcp:") ? argument.dropFirst("tcp:".count) : argument[...]
        let colon = text.lastIndex(of: ":")
        let port = String(colon.map { text[text.index(after: $0)...] } ?? text)
        guard let number = UInt16(port), number > 0 else { return nil }
        var host = String(colon.map { text[..<$0] } ?? "")
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self = .tcp(host: host.isEmpty ? "127.0.0.1" : host, port: port)
    }

    var text: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// A socket that waits for connections, and only here.
    func listener() throws(CommandFailure) -> Int32 {
        try socket { descriptor, address, length in
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
            return bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 512) == 0
        }
    }

    /// A connection to it.
    func connection() throws(CommandFailure) -> Int32 {
        try socket { descriptor, address, length in connect(descriptor, address, length) == 0 }
    }

    private func socket(
        _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) throws(CommandFailure) -> Int32 {
        switch self {
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: FileName.bytes(path)) }
            let descriptor = Glibc.socket(AF_UNIX, Self.stream, 0)
            let isReady = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if isReady { return descriptor }
            throw failure(errno, descriptor)
        case .tcp(let host, let port):
            var hints = addrinfo()
            hints.ai_socktype = Self.stream
            var list: UnsafeMutablePointer<addrinfo>?
            let status = getaddrinfo(host, port, &hints, &list)
            guard status == 0 else {
                throw CommandFailure(
                    .unusable, "\(text): \(String(cString: gai_strerror(status))); try: an address of numbers"
                )
            }
            defer { freeaddrinfo(list) }
            var code = EINVAL
            var next = list
            while let entry = next {
                let descriptor = Glibc.socket(entry.pointee.ai_family, Self.stream, 0)
                if descriptor >= 0, let address = entry.pointee.ai_addr,
                    use(descriptor, address, entry.pointee.ai_addrlen)
                {
                    return descriptor
                }
                code = errno
                if descriptor >= 0 { close(descriptor) }
                next = entry.pointee.ai_next
            }
            throw failure(code, -1)
        }
    }

    private static let stream = Int32(SOCK_STREAM.rawValue)

    private func failure(_ code: Int32, _ descriptor: Int32) -> CommandFailure {
        if descriptor >= 0 { close(descriptor) }
        return CommandFailure(.unusable, "\(text): \(String(cString: strerror(code)))")
    }
}
