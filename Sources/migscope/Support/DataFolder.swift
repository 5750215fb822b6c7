import Core
import Glibc

/// The program's folder for data that lasts (XDG Base Directory Specification).
enum DataFolder {
    /// Descriptions that were saved with `desc --save`; nil without a home.
    static var descriptions: DescriptionFolder? {
        base.map { DescriptionFolder(path: $0 + "/migscope/descriptions") }
    }

    private static var base: String? {
        if let folder = getenv("XDG_DATA_HOME").map({ String(cString: $0) }), folder.hasPrefix("/") {
            return folder
        }
        return getenv("HOME").map { String(cString: $0) + "/.local/share" }
    }

    /// Makes the folder and its parents.
    static func create(_ path: String) throws(CommandFailure) {
        var made = ""
        for part in path.split(separator: "/") {
            made += "/" + part
            if mkdir(made, 0o755) != 0, errno != EEXIST {
                throw CommandFailure(
                    .unusable, "\(made): \(String(cString: strerror(errno))); try: another XDG_DATA_HOME")
            }
        }
    }
}
