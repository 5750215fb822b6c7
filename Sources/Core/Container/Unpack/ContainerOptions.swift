/// How to take off what wraps a stream.
package struct ContainerOptions: Sendable {
    /// Whether someone still writes the file.
    package var isGrowing = false
    /// The name or the id of a snapshot in a qcow2 image; nil takes the newest that has a VM state.
    package var snapshot: String?
    /// The name of a file in an archive or a folder; nil takes the first that is a stream.
    package var member: String?
    /// The number, from 1, of one of several migrations in a capture; nil takes the first.
    package var migration: Int?
    /// Files with what came over the other connections of the migration.
    package var channels: [String] = []
    /// Files that hold the RAM of a block from its start, for pages that are not in the stream.
    package var ramFiles: [(block: String, path: String)] = []
    /// Where the stream, or what wraps it, begins in the file, in bytes; nil looks at the start.
    package var offset: Int?
    /// Whether a stream is looked for in all of the file where none is near its start.
    package var searchesAll = false
    /// Bytes at which unpacking stops; nil goes on while the disk has room.
    package var maxUnpacked: Int?
    /// Bytes after the end of a stream that are read of a pipe, which may have no end.
    package var mostBehindStream = 256 << 20
    /// The folder for unpacked data; nil is `$TMPDIR`, or else /var/tmp.
    package var temporaryFolder: String?
    /// Bytes that stay free on the disk of that folder; nil is 256 MiB or 5 % of it, whichever is more.
    package var reserve: Int?

    package init() {}
}
