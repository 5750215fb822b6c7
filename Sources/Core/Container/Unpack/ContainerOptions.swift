/// The options for removing containers.
package struct ContainerOptions: Sendable {
    /// Whether another process is still writing the file.
    package var isGrowing = false
    /// The name or the id of a snapshot in a qcow2 image; nil selects the newest with a VM state.
    package var snapshot: String?
    /// The name of a file in an archive or a folder; nil selects the first that is a stream.
    package var member: String?
    /// The number, from 1, of one of several migrations in a capture; nil selects the first.
    package var migration: Int?
    /// The files with the data of the migration's other connections.
    package var channels: [String] = []
    /// The files that hold the RAM of a block from its start, for pages that are not in the stream.
    package var ramFiles: [(block: String, path: String)] = []
    /// The offset of the stream or its container in the file, in bytes; nil means the start.
    package var offset: Int?
    /// Whether the whole file is searched for a stream if there is none near its start.
    package var searchesAll = false
    /// The size in bytes at which unpacking stops; nil continues while the disk has space.
    package var maxUnpacked: Int?
    /// The maximum number of bytes that are read after a stream from a pipe, which may be endless.
    package var mostBehindStream = 256 << 20
    /// The folder for unpacked data; nil means `$TMPDIR`, or else /var/tmp.
    package var temporaryFolder: String?
    /// The number of bytes that stay free on the disk of that folder; nil means the larger of 256 MiB and 5
    /// %.
    package var reserve: Int?

    package init() {}
}
