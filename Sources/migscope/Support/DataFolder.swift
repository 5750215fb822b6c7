import Glibc
import Stream

/// The program's folder for data that lasts.
enum DataFolder {
    /// Descriptions that were saved with `desc --save`; nil without a home.
    static var descriptions: DescriptionFolder? {
        UserFolder.data.path.map { DescriptionFolder(path: $0 + "/descriptions") }
    }

    /// Makes the folder and its parents.
    static func create(_ path: String) throws(CommandFailure) {
        let code = UserFolder.create(path)
        guard code == 0 else {
            throw CommandFailure(
                .unusable, "\(path): \(String(cString: strerror(code))); try: another XDG_DATA_HOME")
        }
    }
}
