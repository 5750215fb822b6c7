import ArgumentParser
import Bytes
import Glibc

/// An address to connect to or to listen on.
enum SocketAddress: ExpressibleByArgument {
    case tcp(host: String, port: String)
    case unix(String)

    /// Parses `HOST:PORT`, `[IPv6]:PORT`, `PORT`, `tcp:…` or `unix:PATH`. Without a host it is the loopback
    /// address.
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

    /// Returns a listening socket at this address only.
    func listener() throws(CommandFailure) -> Int32 {
        try socket { descriptor, address, length in
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
            return bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 512) == 0
        }
    }

    /// Returns a connection to the address.
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
                    .unusable, "\(text): \(String(cString: gai_strerror(status))); try: a numeric address"
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
