import Bytes
import Format
import Glibc

/// A folder of descriptions from which streams without one borrow: one file per machine type and list of
/// sections.
///
/// A file is named after the machine type and a checksum of the section list, with the suffix `.json`.
package struct DescriptionFolder: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// The maximum number of files that are tried for one machine type.
    private static let candidateLimit = 256

    /// Returns the name of the file for a stream's description; nil if the stream has no description or
    /// machine type.
    package static func fileName(for document: Document) -> String? {
        guard let machine = document.store.state.machine, let description = document.store.description,
            description.borrowedFrom == nil
        else { return nil }
        var checksum: UInt64 = 0xcbf2_9ce4_8422_2325
        for device in description.devices {
            for byte in document.store.table.names.bytes(device.name) + [0] + Array("\(device.instance)".utf8)
            {
                checksum = (checksum ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
        return prefix(document.store.table.names.bytes(machine)) + Hex.digits(checksum, width: 16) + ".json"
    }

    // Machine names come from a stream, so they must not lead out of the folder.
    private static func prefix(_ machine: some Collection<UInt8>) -> String {
        let safe = machine.prefix(128).map { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") ? byte : UInt8(ascii: "_")
        }
        return String(decoding: safe, as: UTF8.self) + "."
    }

    /// Returns the description that lists the most sections of a stream without one; nil if none lists any.
    /// O(descriptions of that machine).
    package func best(for opened: OpenedStream) -> BorrowedDescription? {
        guard let machine = opened.state.machine else { return nil }
        let sections = DescribedDevices.keys(of: opened.records)
        var best: (count: Int, description: BorrowedDescription)?
        for name in files(Self.prefix(opened.table.names.bytes(machine))) {
            guard let candidate = try? BorrowedDescription(path: path + "/" + name) else { continue }
            // The layouts of rejected candidates are not kept.
            let devices = candidate.parse(into: opened.table.copy()).devices
            let count = devices.count {
                sections.contains(DescribedDevices.InternedKey(name: $0.name, instance: $0.instance))
            }
            if count > best?.count ?? 0 { best = (count, candidate) }
        }
        return best?.description
    }

    private func files(_ prefix: String) -> [String] {
        guard let folder = opendir(path.fileName) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while names.count < Self.candidateLimit, let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(prefix), name.hasSuffix(".json") { names.append(name) }
        }
        return names.sorted()
    }
}
