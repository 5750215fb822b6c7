/// How to open a file.
public struct OpenOptions: Sendable {
    /// Whether somebody still writes the file: what is not there is no damage, and `Document.catchUp` reads on.
    public var isGrowing = false
    /// Whether overlays say what bytes mean. Who asks for fields only can do without: it is half of opening a
    /// small stream.
    public var explains = true
    /// Stands in for a description that the stream does not have.
    public var description: BorrowedDescription?
    /// Where such a description is looked for when none is given.
    public var descriptionFolder: DescriptionFolder?
    /// The name or the id of a snapshot in a qcow2 image; nil takes the newest that has a VM state.
    public var snapshot: String?
    /// Bytes at which unpacking stops; nil goes on while the disk has room.
    public var maxUnpacked: Int?
    /// The folder for unpacked data; nil is `$TMPDIR`, or else /var/tmp.
    public var temporaryFolder: String?
    /// Bytes that stay free on the disk of that folder; nil is 256 MiB or 5 % of it, whichever is more.
    public var reserve: Int?

    public init() {}
}
