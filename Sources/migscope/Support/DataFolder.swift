import Glibc
import Stream

/// The program's directory for persistent data.
enum DataFolder {
    /// The descriptions saved with `desc --save`; nil without a home directory.
    static var descriptions: DescriptionFolder? {
        UserFolder.data.path.map { DescriptionFolder(path: $0 + "/descriptions") }
    }

    /// Creates the directory and its parents.
    static func create(_ path: String) throws(CommandFailure) {
        let code = UserFolder.create(path)
        guard code == 0 else {
            throw CommandFailure(
                .unusable, "\(path): \(String(cString: strerror(code))); try: another XDG_DATA_HOME")
        }
    }
}
