import Foundation
import Glibc
import Testing

/// `migscope record` between a source and a destination that the test plays, over unix sockets.
@Suite(.serialized) struct RecordCommandTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func socket() -> Int32 { Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) }

    private func withAddress<T>(_ path: String, _ use: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private func waiting(_ path: String) throws -> Int32 {
        let descriptor = socket()
        try #require(withAddress(path) { bind(descriptor, $0, $1) } == 0)
        try #require(listen(descriptor, 8) == 0)
        return descriptor
    }

    // The program needs a moment until it listens.
    private func connected(_ path: String) throws -> Int32 {
        for _ in 0..<400 {
            let descriptor = socket()
            if withAddress(path, { connect(descriptor, $0, $1) }) == 0 { return descriptor }
            close(descriptor)
            usleep(25_000)
        }
        throw POSIXError(.ETIMEDOUT)
    }

    private static func send(_ descriptor: Int32, _ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            done += count
        }
    }

    private static func receive(_ descriptor: Int32, _ count: Int = .max) -> [UInt8] {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while all.count < count {
            let got = read(descriptor, &piece, min(piece.count, count - all.count))
            if got <= 0 { break }
            all += piece.prefix(got)
        }
        return all
    }

    private func start(_ folder: String) throws -> Program.Running {
        try Program.start(
            Program.url,
            [
                "record", "--listen", "unix:\(scratch.path("in"))", "--to", "unix:\(scratch.path("out"))",
                "-o",
                folder,
            ])
    }

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    @Test func bothDirections() throws {
        let target = try waiting(scratch.path("out"))
        let folder = scratch.path("recording")
        let running = try start(folder)
        let source = try connected(scratch.path("in"))
        let destination = accept(target, nil, nil)
        let forward = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let sent = onThread {
            Self.send(source, forward)
            shutdown(source, Int32(SHUT_WR))
        }
        #expect(Self.receive(destination, forward.count) == forward)
        #expect(Self.receive(destination, 1).isEmpty)
        Self.send(destination, [1, 2, 3])
        close(destination)
        #expect(Self.receive(source) == [1, 2, 3])
        close(source)
        sent()
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 0)
        #expect(try bytes(folder + "/0.fwd") == forward)
        #expect(try bytes(folder + "/0.back") == [1, 2, 3])
        var status = stat()
        #expect(stat(folder + "/0.fwd", &status) == 0 && status.st_mode & 0o777 == 0o600)
        close(target)
    }

    /// A migration in postcopy that broke is waited for until it is recovered and completed.
    @Test func recovery() throws {
        let target = try waiting(scratch.path("out"))
        let folder = scratch.path("recording")
        let running = try start(folder)
        let source = try connected(scratch.path("in"))
        Self.send(source, Array("first".utf8))
        let destination = accept(target, nil, nil)
        #expect(Self.receive(destination, 5) == Array("first".utf8))
        Self.send(destination, [0, 2, 0, 4, 0, 0, 0, 1, 0, 2, 0, 4, 0, 0])
        Self.send(destination, [0, 3])
        _ = Self.receive(source, 16)
        shutdown(source, Int32(SHUT_RDWR))
        close(source)
        close(destination)
        // Longer than channels of one migration are waited for.
        usleep(1_600_000)
        let again = try connected(scratch.path("in"))
        Self.send(again, Array("second".utf8))
        let taken = accept(target, nil, nil)
        #expect(Self.receive(taken, 6) == Array("second".utf8))
        Self.send(taken, [0, 6, 0, 4, 0, 0, 0, 1, 0, 1, 0, 4, 0, 0, 0, 0])
        _ = Self.receive(again, 16)
        for descriptor in [again, taken, target] { close(descriptor) }
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 0)
        #expect(errors(running).contains("waiting for the recovery"))
        #expect(try bytes("\(folder)/0.fwd") == Array("first".utf8))
        #expect(try bytes("\(folder)/1.fwd") == Array("second".utf8))
    }

    // Runs `body` on another thread; the result waits for it.
    private func onThread(_ body: @escaping @Sendable () -> Void) -> () -> Void {
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            body()
            done.signal()
        }
        return { done.wait() }
    }

    @Test func killedDestination() throws {
        let target = try waiting(scratch.path("out"))
        let folder = scratch.path("recording")
        let running = try start(folder)
        let source = try connected(scratch.path("in"))
        let destination = accept(target, nil, nil)
        Self.send(source, [9, 9, 9, 9])
        #expect(Self.receive(destination, 4) == [9, 9, 9, 9])
        close(destination)
        close(target)
        #expect(Self.receive(source).isEmpty)
        close(source)
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 0)
        #expect(try bytes(folder + "/0.fwd") == [9, 9, 9, 9])
    }

    @Test func destinationThatDoesNotWait() throws {
        let folder = scratch.path("recording")
        let running = try start(folder)
        let source = try connected(scratch.path("in"))
        #expect(Self.receive(source).isEmpty)
        close(source)
        running.process.interrupt()
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 1)
        // Why it was not reached, and what became of the recording.
        let errors = self.errors(running)
        #expect(errors.contains("unix:\(scratch.path("out")): No such file or directory"))
        #expect(errors.contains("the destination accepted no connection; nothing was recorded"))
    }

    /// Where nobody waits at a socket that was left behind, as of a destination that has ended.
    @Test func destinationThatRefuses() throws {
        close(try waiting(scratch.path("out")))
        let running = try start(scratch.path("recording"))
        let source = try connected(scratch.path("in"))
        #expect(Self.receive(source).isEmpty)
        close(source)
        running.process.interrupt()
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 1)
        #expect(errors(running).contains("unix:\(scratch.path("out")): Connection refused"))
    }

    /// A channel that is not taken is missing from the recording.
    @Test func destinationThatTakesSome() throws {
        let target = try waiting(scratch.path("out"))
        let folder = scratch.path("recording")
        let running = try start(folder)
        let main = try connected(scratch.path("in"))
        let destination = accept(target, nil, nil)
        Self.send(main, [1, 2, 3, 4])
        #expect(Self.receive(destination, 4) == [1, 2, 3, 4])
        close(target)
        unlink(scratch.path("out"))
        let channel = try connected(scratch.path("in"))
        #expect(Self.receive(channel).isEmpty)
        close(channel)
        close(main)
        close(destination)
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 1)
        #expect(
            errors(running).contains(
                "the destination accepted 1 of 2 connections; the others are not recorded"))
        #expect(try bytes(folder + "/0.fwd") == [1, 2, 3, 4])
    }

    @Test func nobodyConnects() throws {
        let running = try start(scratch.path("recording"))
        // It says that it waits once signals are its own.
        let first = String(decoding: running.errors.fileHandleForReading.availableData, as: UTF8.self)
        #expect(first.contains("waiting"))
        running.process.interrupt()
        running.process.waitUntilExit()
        #expect(running.process.terminationStatus == 1)
        #expect(errors(running).contains("no connection arrived; nothing was recorded"))
    }

    private func errors(_ running: Program.Running) -> String {
        String(decoding: running.errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    @Test func folderIsNotOverwritten() throws {
        let path = scratch.path("full")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        _ = try scratch.file("full/0.fwd", [1])
        let outcome = try Program.run(
            "record", "--listen", "unix:\(scratch.path("in"))", "--to", "unix:\(scratch.path("out"))", "-o",
            path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("not empty"))
        #expect(try bytes(path + "/0.fwd") == [1])
    }

    @Test(arguments: ["", "host", "host:0", "unix:", "host:99999"]) func address(_ text: String) throws {
        let outcome = try Program.run("record", "--listen", text, "--to", "1", "-o", scratch.path("x"))
        #expect(outcome.status == 2)
    }
}
