import Bytes
import Stream

/// The sample stream inside the program.
enum EmbeddedSample {
    /// The argument that names the sample instead of a file.
    static let argument = "sample:"
    static let name = "sample-q35-10.0.mig"

    /// Unpacks the sample. O(1 MB).
    static func opening(_ options: OpenOptions = OpenOptions()) throws(OpenError) -> DocumentOpening {
        let packed = MappedRegion(copying: PackageResources.sample_q35_10_0_mig_xz)
        let opening = DocumentOpening(region: packed, name: name, options: options)
        while try opening.step() {}
        return DocumentOpening(region: try opening.finish().store.region, name: name, options: options)
    }

    static func open() throws(OpenError) -> Document { try opening().finish() }
}
