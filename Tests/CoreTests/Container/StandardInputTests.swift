import Bytes
import Foundation
import Stream
import Testing

/// Streams from descriptors.
@Suite struct StandardInputTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func pipe(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let pipe = Pipe()
        let writer = pipe.fileHandleForWriting
        let thread = Thread {
            try? writer.write(contentsOf: Data(bytes))
            try? writer.close()
        }
        thread.start()
        // The writer must not meet a closed pipe.
        defer { _ = try? pipe.fileHandleForReading.readToEnd() }
        try body("/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")
    }

    @Test func bare() throws {
        let bytes = try Containers.bare.bytes()
        try pipe(bytes) { path in
            let document = try Document.open(path: path)
            #expect(document.rows(all: true) == (try Containers.bare.document().rows(all: true)))
            #expect(document.store.container.name == "none")
            #expect(document.overview.fileSize == bytes.count)
            #expect(document.store.fileOffset(ofStreamOffset: 100) == 100)
            #expect(document.store.file == nil)
        }
    }

    // A pipe whose writer stays, with these pieces in it, each after the one before was read.
    private func open(
        _ pieces: [[UInt8]], _ options: OpenOptions = OpenOptions()
    ) throws -> Document {
        let pipe = Pipe()
        let opening = try DocumentOpening(
            path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)", options: options)
        for piece in pieces {
            // Less than a pipe holds at once.
            for start in stride(from: 0, to: piece.count, by: 4096) {
                try pipe.fileHandleForWriting.write(
                    contentsOf: piece[start..<min(start + 4096, piece.count)])
                while opening.isReady { _ = try opening.step(budget: 1) }
            }
            // Whatever is looked at meanwhile, nothing is whole yet.
            if piece != pieces.last {
                for _ in 0..<7 {
                    opening.idle()
                    usleep(100_000)
                    while opening.isReady { #expect(try opening.step()) }
                }
            }
        }
        while try opening.step() {}
        return try withExtendedLifetime(pipe) { try opening.finish() }
    }

    /// The stream ends, and nothing else has to.
    @Test func writerStays() throws {
        let bytes = try Containers.bare.bytes()
        let whole = try Containers.bare.document()
        let document = try open([bytes])
        #expect(document.rows(all: true) == whole.rows(all: true))
        #expect(document.findings == whole.findings)
        let halves = try open([Array(bytes[..<100_000]), Array(bytes[100_000...])])
        #expect(halves.rows(all: true) == whole.rows(all: true))
        // What comes with it is told as in a file.
        let more = try open([bytes + [1, 2, 3]])
        #expect(more.has(.trailingBytes))
        #expect(more.store.region.count == bytes.count + 3)
    }

    /// What comes after the stream may come without end.
    @Test func endlessRest() throws {
        let bytes = try Containers.bare.bytes()
        var options = OpenOptions()
        options.mostBehindStream = 1 << 17
        let pipe = Pipe()
        let opening = try DocumentOpening(
            path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)", options: options)
        let endless = bytes + [UInt8](repeating: 7, count: 1 << 20)
        var hasMore = true
        var written = 0
        while hasMore, written < endless.count {
            let piece = endless[written..<min(written + 4096, endless.count)]
            try pipe.fileHandleForWriting.write(contentsOf: piece)
            written += piece.count
            while opening.isReady, hasMore { hasMore = try opening.step(budget: 1) }
        }
        #expect(!hasMore)
        let document = try opening.finish()
        #expect(document.has(.containerMore))
        #expect(document.store.streamEnd == bytes.count)
    }

    @Test(arguments: ["microvm-10.0.mig.gz", "libvirt-zstd-10.0.save", "libvirt-lzop-10.0.save"])
    func packed(_ name: String) throws {
        try pipe(try Containers.bytes(name)) { path in
            let document = try Document.open(path: path)
            #expect(document.rows(all: true) == (try Containers.bare.document().rows(all: true)))
            #expect(document.store.container.name != "none")
        }
    }

    @Test func image() throws {
        try pipe(try Containers.unpacked("savevm-10.0.qcow2")) { path in
            let document = try Document.open(path: path)
            #expect(document.store.container.name == "qcow2 snapshot \"second\"")
        }
    }

    @Test func nothing() throws {
        try pipe([]) { path in
            #expect(throws: OpenError.empty(path: path)) { try Document.open(path: path) }
        }
    }

    @Test func limit() throws {
        try pipe(try Containers.bare.bytes()) { path in
            let document = try Document.open(path: path, options: OpenOptions(maxUnpacked: 1 << 16))
            #expect(document.store.region.count == 1 << 16)
            #expect(document.has(.containerLimit))
        }
    }

    @Test func redirected() throws {
        let path = try scratch.file("stream", try Containers.bare.bytes())
        let handle = try #require(FileHandle(forReadingAtPath: path))
        let document = try Document.open(path: "/dev/fd/\(handle.fileDescriptor)")
        #expect(document.store.fileOffset(ofStreamOffset: 7) == 7)
        #expect(document.tiles())
    }

    @Test func closed() {
        #expect(throws: OpenError.system(path: "/dev/fd/987", code: EBADF)) {
            try Document.open(path: "/dev/fd/987")
        }
    }
}
