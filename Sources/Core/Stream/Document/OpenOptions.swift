/// How to open a file.
package struct OpenOptions: Sendable {
    /// Whether somebody still writes the file: what is not there is no damage, and `Document.catchUp` reads on.
    package var isGrowing = false
    /// Whether overlays say what bytes mean. Who asks for fields only can do without: it is half of opening a
    /// small stream.
    package var explains = true
    /// Stands in for a description that the stream does not have.
    package var description: BorrowedDescription?
    /// Where such a description is looked for when none is given.
    package var descriptionFolder: DescriptionFolder?
    /// Which of several streams in a file, counted from 1: behind the end of one another may begin.
    package var stream = 1
    /// The name or the id of a snapshot in a qcow2 image; nil takes the newest that has a VM state.
    package var snapshot: String?
    /// Bytes at which unpacking stops; nil goes on while the disk has room.
    package var maxUnpacked: Int?
    /// The folder for unpacked data; nil is `$TMPDIR`, or else /var/tmp.
    package var temporaryFolder: String?
    /// Bytes that stay free on the disk of that folder; nil is 256 MiB or 5 % of it, whichever is more.
    package var reserve: Int?

    package init() {}
}
