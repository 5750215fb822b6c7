import Bytes
import Glibc

/// A folder with the data of a migration's connections, as `record` writes it: `N.fwd`, and `N.back` for the
/// reverse direction.
package enum Folder {
    /// The maximum number of files that are examined.
    private static let fileLimit = 4096

    /// Returns whether `path` names a folder.
    package static func isThere(_ path: String) -> Bool {
        var status = stat()
        return stat(path.fileName, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Opens the stream among the files of the folder, and the channels of its migration.
    ///
    /// - Throws: `OpenError` if no file begins as a stream.
    package static func peel(_ request: PeelRequest) throws(OpenError) -> Peeled {
        let members = try members(request.path)
        let names = Set(members.map(\.name))
        if ["config.json", "state.json"].allSatisfy({ names.contains(Array($0.utf8)) }) {
            throw .notAStream(
                path: request.path, found: "a directory with a cloud-hypervisor snapshot",
                advice:
                    "it was not written by QEMU; try: `cloud-hypervisor --restore source_url=file://FOLDER`")
        }
        guard !members.isEmpty else { throw .notAFile(path: request.path, kind: "a directory") }
        let choice = try MemberChoice(members, kind: "it is a directory", request)
        var peeled = try Peeled.archive("folder", choice, request)
        // The files of a folder are not nested in each other.
        peeled.layer = peeled.layer.withoutParts
        return peeled
    }

    private static func members(_ path: String) throws(OpenError) -> [ArchiveMember] {
        guard let handle = opendir(path.fileName) else { throw .system(path: path, code: errno) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle), names.count < fileLimit {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { FileName.text($0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        // Sorts 2 before 10.
        names.sort { ($0.unicodeScalars.count, $0) < ($1.unicodeScalars.count, $1) }
        return names.compactMap { name in
            guard let region = try? MappedRegion.open(path: path + "/" + name) else { return nil }
            return ArchiveMember(name: FileName.bytes(name), size: region.count, content: .region(region))
        }
    }
}
