import Bytes
import Container
import Foundation
import Stream
import Testing

/// Files with a container that tests open.
enum Containers {
    /// A fixture that is stored as it is, or with `.xz` around it.
    static func path(_ name: String) throws -> String {
        let plain = Places.fixtures.appending(path: name).path
        if FileManager.default.fileExists(atPath: plain) { return plain }
        return Sample.packed(name)
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        let region = try MappedRegion.open(path: try path(name))
        return region.copy(0..<region.count)
    }

    /// The stream that all libvirt and compressed fixtures wrap.
    static let bare = Sample.fixture("microvm-10.0")

    /// The bytes of a fixture stored with `.xz`, unpacked by this program's own codec.
    static func unpacked(_ name: String) throws -> [UInt8] {
        let opening = try Unpacker.all(of: try MappedRegion.open(path: Sample.packed(name)))
        return opening.copy(0..<opening.count)
    }
}

extension Sample {
    static func packed(_ name: String) -> String { Places.fixtures.appending(path: name + ".xz").path }
}

extension Unpacker {
    struct Incomplete: Error {}

    /// What the compressed data in `region` unpacks to.
    static func all(of region: MappedRegion) throws -> MappedRegion {
        let codec = try #require(CompressedStream.codec(region))
        let unpacker = try Unpacker(
            CodecProducer(codec.init(), InputWindow(region)), options: ContainerOptions())
        while unpacker.step() {}
        guard unpacker.stop == nil, let result = try unpacker.region() else { throw Incomplete() }
        return result
    }
}

extension OpenOptions {
    init(snapshot: String? = nil, maxUnpacked: Int? = nil, folder: String? = nil, reserve: Int? = nil) {
        self.init()
        self.snapshot = snapshot
        self.maxUnpacked = maxUnpacked
        self.temporaryFolder = folder
        self.reserve = reserve
    }
}
