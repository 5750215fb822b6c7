import Glibc
import TUI

/// The completion of file names.
enum FileNames {
    /// The maximum number of names, and of directory entries that are read.
    private static let most = 500
    private static let mostEntries = 100_000

    /// Returns the names that begin with `start`, sorted, directories with a trailing `/`; none for an
    /// unreadable directory. `~/` is the home directory. Hidden files need a typed dot. Names that can't be
    /// typed verbatim are omitted.
    static func beginning(like start: String) -> [String] {
        let cut = start.lastIndex(of: "/").map { start.index(after: $0) } ?? start.startIndex
        let folder = String(start[..<cut])
        let name = start[cut...]
        var path = folder.isEmpty ? "./" : folder
        if path.hasPrefix("~/"), let home = environment("HOME") { path = home + path.dropFirst() }
        guard let handle = opendir(path) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        for _ in 0..<mostEntries {
            guard let entry = readdir(handle), names.count < most else { break }
            let found = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    String(validatingCString: $0)
                }
            }
            guard let found, isOffered(found, for: name) else { continue }
            names.append(folder + found + (isFolder(path + found) ? "/" : ""))
        }
        return names.sorted()
    }

    private static func isOffered(_ name: String, for start: Substring) -> Bool {
        name != "." && name != ".." && name.hasPrefix(start) && (start.hasPrefix(".") || !name.hasPrefix("."))
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
