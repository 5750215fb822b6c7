import ArgumentParser
import Bytes
import Glibc

/// `migscope record`: a proxy between source and destination that records each connection.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Forward a live migration to its destination, and write each connection to a file.",
        usage: "migscope record --listen ADDRESS --to ADDRESS -o FOLDER",
        discussion: """
            The source migrates to the first address (`migrate tcp:HOST:PORT`); the destination waits at the second \
            (`-incoming`). FOLDER opens as one stream: `migscope FOLDER`. An address is HOST:PORT, PORT (of the \
            loopback), or unix:PATH. If FOLDER can't be written any more, the migration continues. The command ends \
            when the last connection ends, but waits for the recovery of a postcopy migration whose connection broke. \
            The files contain guest memory; they are created with mode 0600.
            Example: migscope record --listen 4444 --to 192.0.2.7:4444 -o capture
            """)

    @Option(help: ArgumentHelp("The address that the source migrates to.", valueName: "address"))
    var listen: SocketAddress

    @Option(help: ArgumentHelp("The address at which the destination waits.", valueName: "address"))
    var to: SocketAddress

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The folder to create; an empty folder is accepted too.", valueName: "folder"))
    var output: String

    func run() throws {
        try createFolder()
        let listener = try listen.listener()
        var proxy = MigrationProxy(listener: listener, target: to, folder: output)
        try proxy.run()
        if case .unix(let path) = listen { unlink(path.fileName) }
        if let failure = proxy.failure { throw failure }
    }

    private func createFolder() throws(CommandFailure) {
        if mkdir(output.fileName, 0o700) == 0 { return }
        let code = errno
        guard code == EEXIST else {
            throw CommandFailure(
                .unusable, "\(output): \(String(cString: strerror(code))); try: another folder")
        }
        guard let handle = opendir(output.fileName) else {
            throw CommandFailure(
                .unusable, "\(output): \(String(cString: strerror(errno))); try: another folder")
        }
        defer { closedir(handle) }
        var count = 0
        while readdir(handle) != nil { count += 1 }
        guard count <= 2 else {
            throw CommandFailure(
                .unusable, "\(output): is not empty, nothing is overwritten; try: another folder")
        }
    }
}
