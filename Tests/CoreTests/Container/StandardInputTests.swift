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
            #expect(document.container.name == "none")
            #expect(document.overview.fileSize == bytes.count)
            #expect(document.fileOffset(ofStreamOffset: 100) == 100)
            #expect(document.file == nil)
        }
    }

    @Test(arguments: ["microvm-10.0.mig.gz", "libvirt-zstd-10.0.save", "libvirt-lzop-10.0.save"])
    func packed(_ name: String) throws {
        try pipe(try Containers.bytes(name)) { path in
            let document = try Document.open(path: path)
            #expect(document.rows(all: true) == (try Containers.bare.document().rows(all: true)))
            #expect(document.container.name != "none")
        }
    }

    @Test func image() throws {
        try pipe(try Containers.unpacked("savevm-10.0.qcow2")) { path in
            let document = try Document.open(path: path)
            #expect(document.container.name == "qcow2 snapshot \"second\"")
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
            #expect(document.region.count == 1 << 16)
            #expect(document.has("container-limit"))
        }
    }

    @Test func redirected() throws {
        let path = try scratch.file("stream", try Containers.bare.bytes())
        let handle = try #require(FileHandle(forReadingAtPath: path))
        let document = try Document.open(path: "/dev/fd/\(handle.fileDescriptor)")
        #expect(document.fileOffset(ofStreamOffset: 7) == 7)
        #expect(document.tiles())
    }

    @Test func closed() {
        #expect(throws: OpenError.system(path: "/dev/fd/987", code: EBADF)) {
            try Document.open(path: "/dev/fd/987")
        }
    }
}
