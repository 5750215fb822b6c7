import Bytes
import Glibc

/// Forwards each connection to a target in both directions, and writes its data to `N.fwd` and `N.back` in a
/// directory.
///
/// Forwarding has priority: data that can't be written is not recorded. When one side ends a connection, the
/// other side sees the same kind of end. Memory: 256 KiB for each direction.
struct MigrationProxy {
    private let listener: Int32
    private let target: SocketAddress
    private let folder: String
    private var links: [Link] = []
    private var accepted = 0
    private var refused = 0
    // Connections after the first accepted one: they belong to the same migration.
    private var missing = 0
    private var total = 0
    private var recordFailure: String?
    private var lastReport = 0
    private var lastEnd = 0
    // Whether a migration in postcopy has lost its connection; it continues when a user recovers it.
    private var isPaused = false

    /// The failure to record; the migration continued.
    private(set) var failure: CommandFailure?

    // A migration opens its channels at once; later connections belong to another attempt.
    private static let graceMilliseconds = 1000
    private static let bufferSize = 1 << 18

    init(listener: Int32, target: SocketAddress, folder: String) {
        self.listener = listener
        self.target = target
        self.folder = folder
    }

    /// Runs until the last connection has ended, or SIGINT or SIGTERM comes. If a connection breaks in
    /// postcopy, it waits for the next one.
    mutating func run() throws(CommandFailure) {
        Self.catchSignals()
        report("waiting; the source migrates to the address of --listen")
        while !Self.isInterrupted {
            let now = MonotonicClock.milliseconds()
            if accepted > 0, links.isEmpty, !isPaused, now - lastEnd > Self.graceMilliseconds { break }
            try step()
            progress()
        }
        for link in links { link.end() }
        links = []
        close(listener)
        let words = "\(accepted) connections, \(total) bytes in \(folder)"
        report(words, isLast: true)
        if let recordFailure {
            failure = CommandFailure(
                .findings, "\(recordFailure); the recording ends there, the migration continued")
        } else if accepted == 0 {
            let words = refused == 0 ? "no connection arrived" : "the destination accepted no connection"
            failure = CommandFailure(.findings, "\(words); nothing was recorded")
        } else if missing > 0 {
            failure = CommandFailure(
                .findings,
                "the destination accepted \(accepted) of \(accepted + missing) connections; the others are not recorded"
            )
        }
    }

    private mutating func step() throws(CommandFailure) {
        var polls = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        for link in links { polls += link.polls }
        let count = poll(&polls, nfds_t(polls.count), 250)
        if count < 0, errno != EINTR {
            throw CommandFailure(.unusable, "poll: \(String(cString: strerror(errno)))")
        }
        guard count > 0 else { return }
        for (index, link) in links.enumerated() {
            for half in 0..<2 {
                let place = 1 + 4 * index + 2 * half
                let isReadable = polls[place].revents != 0
                let isWritable = polls[place + 1].revents != 0
                move(link, half, isReadable, isWritable)
            }
        }
        let before = links.count
        for link in links where link.isEnded { end(link) }
        links.removeAll(where: \.isEnded)
        if links.count < before { lastEnd = MonotonicClock.milliseconds() }
        if polls[0].revents != 0 { acceptOne() }
    }

    private mutating func end(_ link: Link) {
        link.end()
        // Only the main channel shows whether the migration has ended.
        guard link.answers.isMain else { return }
        isPaused = link.answers.isPaused
        if isPaused {
            report(
                "the connection broke in postcopy; waiting for the recovery (migrate-recover, migrate -r), Ctrl-C ends"
            )
        }
    }

    private mutating func move(_ link: Link, _ half: Int, _ isReadable: Bool, _ isWritable: Bool) {
        if isReadable {
            let bytes = link.receive(half)
            if !bytes.isEmpty { record(bytes, link, half) }
            if half == 1 { link.answers.take(bytes) }
            total += bytes.count
        }
        if isReadable || isWritable { link.send(half) }
    }

    private mutating func record(_ bytes: UnsafeRawBufferPointer, _ link: Link, _ half: Int) {
        guard recordFailure == nil else { return }
        if let code = link.write(bytes, half, folder: folder) {
            recordFailure = "\(folder)/\(link.fileName(half)): \(String(cString: strerror(code)))"
            report(recordFailure ?? "")
        }
    }

    private mutating func acceptOne() {
        let source = accept(listener, nil, nil)
        guard source >= 0 else { return }
        do throws(CommandFailure) {
            let destination = try target.connection()
            links.append(Link(number: accepted, source: source, target: destination, Self.bufferSize))
            accepted += 1
        } catch {
            // The source sees the same as from the destination itself.
            Link.abort(source)
            refused += 1
            if accepted > 0 { missing += 1 }
            report(error.message)
            lastEnd = MonotonicClock.milliseconds()
        }
    }

    // MARK: Messages

    private mutating func progress() {
        let now = MonotonicClock.milliseconds()
        guard accepted > 0, now - lastReport > 1000, isatty(STDERR_FILENO) == 1 else { return }
        lastReport = now
        report("\(links.count) of \(accepted) connections open, \(total >> 20) MiB")
    }

    private func report(_ words: String, isLast: Bool = false) {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let line =
            isTerminal
            ? "\r\u{1b}[Kmigscope: \(FileName.shown(words))"
            : "migscope: \(FileName.shown(words))\n"
        let text = isTerminal && isLast ? line + "\n" : line
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    // A flag for the signal handler, in which nothing else is safe.
    private nonisolated(unsafe) static var interrupted: sig_atomic_t = 0
    private static var isInterrupted: Bool { interrupted != 0 }

    private static func catchSignals() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in MigrationProxy.interrupted = 1 }
            sigaddset(&signals, number)
        }
        // The parent process may have blocked them.
        sigprocmask(SIG_UNBLOCK, &signals, nil)
    }
}

/// A connection from the source, and its counterpart to the target.
private final class Link {
    var answers = ReturnPathWatch()
    let number: Int
    private let ends: (source: Int32, target: Int32)
    private var halves: [Half]

    private struct Half {
        var from: Int32
        var to: Int32
        var file: Int32 = -1
        var buffer: UnsafeMutableRawBufferPointer
        var ready = 0..<0
        /// Whether `from` has ended, and whether `to` was told.
        var isRead = false
        var isEnded = false
        /// Whether it ended with an error.
        var isBroken = false
    }

    init(number: Int, source: Int32, target: Int32, _ size: Int) {
        self.number = number
        ends = (source, target)
        for descriptor in [source, target] {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        }
        halves = [
            Half(from: source, to: target, buffer: .allocate(byteCount: size, alignment: 16)),
            Half(from: target, to: source, buffer: .allocate(byteCount: size, alignment: 16)),
        ]
    }

    deinit { for half in halves { half.buffer.deallocate() } }

    /// Four entries for each link: read and write for each direction.
    var polls: [pollfd] {
        halves.flatMap { half in
            let reads = half.ready.isEmpty && !half.isRead
            let writes = !half.ready.isEmpty && !half.isEnded
            return [
                pollfd(fd: reads ? half.from : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: writes ? half.to : -1, events: Int16(POLLOUT), revents: 0),
            ]
        }
    }

    /// Whether both directions have ended.
    var isEnded: Bool { halves.allSatisfy(\.isEnded) || halves.contains(where: \.isBroken) }

    func fileName(_ half: Int) -> String { "\(number).\(half == 0 ? "fwd" : "back")" }

    /// Receives data in one direction.
    func receive(_ half: Int) -> UnsafeRawBufferPointer {
        guard halves[half].ready.isEmpty, !halves[half].isRead else { return .init(start: nil, count: 0) }
        let got = read(halves[half].from, halves[half].buffer.baseAddress, halves[half].buffer.count)
        if got > 0 {
            halves[half].ready = 0..<got
        } else if got == 0 {
            halves[half].isRead = true
        } else if errno != EAGAIN, errno != EINTR {
            halves[half].isRead = true
            halves[half].isBroken = true
        }
        return UnsafeRawBufferPointer(rebasing: halves[half].buffer[..<max(got, 0)])
    }

    /// Forwards the received data.
    func send(_ half: Int) {
        while !halves[half].ready.isEmpty, !halves[half].isBroken {
            let ready = halves[half].ready
            let piece = UnsafeRawBufferPointer(rebasing: halves[half].buffer[ready])
            let sent = Glibc.send(halves[half].to, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
            if sent >= 0 {
                halves[half].ready = ready.lowerBound + sent..<ready.upperBound
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                halves[half].isBroken = true
            }
        }
        if halves[half].ready.isEmpty, halves[half].isRead, !halves[half].isEnded {
            halves[half].isEnded = true
            shutdown(halves[half].to, Int32(SHUT_WR))
        }
    }

    /// Writes to the file of a direction. Returns the errno of a failure.
    func write(_ bytes: UnsafeRawBufferPointer, _ half: Int, folder: String) -> Int32? {
        if halves[half].file < 0 {
            halves[half].file = open(
                "\(folder)/\(fileName(half))".fileName, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if halves[half].file < 0 { return errno }
        }
        var done = 0
        while done < bytes.count {
            let written = Glibc.write(
                halves[half].file, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if written < 0, errno != EINTR { return errno }
            done += max(written, 0)
        }
        return nil
    }

    /// Closes everything; an error on one side becomes one on the other.
    func end() {
        let isBroken = halves.contains(where: \.isBroken)
        for half in halves where half.file >= 0 { close(half.file) }
        for descriptor in [ends.source, ends.target] {
            if isBroken { Self.abort(descriptor) } else { close(descriptor) }
        }
    }

    /// Closes a socket so that the other side sees a reset.
    static func abort(_ descriptor: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close(descriptor)
    }
}
