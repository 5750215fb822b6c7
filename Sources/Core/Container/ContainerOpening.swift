import Glibc

/// Opens a file through whatever wraps the stream in it, in steps that can be shown and cancelled.
///
/// ```
/// let opening = try ContainerOpening(path: path)
/// while try opening.step() { show(opening.progress) }
/// let document = try opening.finish()
/// ```
/// Not Sendable: make it, step it and finish it on one thread at a time, which need not be the main one.
public final class ContainerOpening {
    /// What unpacking has done so far, in bytes.
    public struct Progress: Equatable, Sendable {
        /// Such as `xz`; empty while nothing is unpacked.
        public var format: String
        /// Of the packed data; `total` is nil where its length is not known.
        public var consumed: Int
        public var total: Int?
        public var produced: Int
    }

    private let path: String
    private let request: PeelRequest
    // Both nil until a pipe was read.
    private var file: MappedRegion?
    private var region: MappedRegion?
    private var fileSize = 0
    private var info = ContainerInfo()
    private var findings: [Finding] = []
    private var unpacker: Unpacker?

    /// Opens `path`: a file, `-`, or `/dev/fd/N`. Reads no more than the first bytes.
    ///
    /// - Throws: `OpenError` when it can't be opened or is empty.
    public init(path: String, options: OpenOptions = OpenOptions()) throws(OpenError) {
        self.path = path
        request = PeelRequest(path: path, options: options)
        guard let input = StandardInput(path: path) else {
            take(file: try MappedRegion.open(path: path))
            return
        }
        switch try input.open() {
        case .file(let file): take(file: file)
        case .pipe: try startReading(input)
        }
    }

    private func take(file: MappedRegion) {
        self.file = file
        region = file
        fileSize = file.currentFileSize ?? file.count
    }

    // A pipe is unpacked while it is read, or else copied: the tree needs all of it at once.
    private func startReading(_ input: StandardInput) throws(OpenError) {
        let window = InputWindow(descriptor: input.descriptor)
        do throws(UnpackFailure) {
            try window.fill(16)
        } catch {
            if case .input(let code) = error { throw .system(path: path, code: code) }
            throw .system(path: path, code: EIO)
        }
        guard !window.ready.isEmpty else { throw .empty(path: path) }
        if let codec = Codecs.recognized(window.prefix(16)) {
            try add(try CompressedStream.peel(window, codec, size: nil, request))
        } else {
            unpacker = try Unpacker(CopyProducer(window), options: request.options)
        }
    }

    public var progress: Progress {
        let done = unpacker?.progress ?? .init(consumed: 0, total: nil, produced: 0)
        let format = unpacker == nil ? "" : info.layers.last?.name ?? "copy"
        return Progress(format: format, consumed: done.consumed, total: done.total, produced: done.produced)
    }

    /// Does a piece of the work: takes one container off, or unpacks some MiB.
    ///
    /// - Returns: Whether there is more to do.
    /// - Throws: `OpenError` when there is no stream in the file; the object is of no use then.
    public func step() throws(OpenError) -> Bool {
        guard let unpacker else { return try peel() }
        if !unpacker.step() { try take(unpacker) }
        return true
    }

    /// The document. Before `step` has said that all is done it has what was unpacked until now.
    ///
    /// - Throws: `OpenError` when that does not begin as a stream.
    public func finish() throws(OpenError) -> Document {
        var mayUnpack = true
        while true {
            if let unpacker {
                if !mayUnpack { _ = unpacker.step() }
                unpacker.cancel()
                try take(unpacker)
                mayUnpack = false
            } else if try !peel() {
                break
            }
        }
        guard let region else { throw .empty(path: path) }
        let source = StreamSource(
            region: region, file: file, fileSize: fileSize, info: info, findings: findings)
        return try Document.open(source: source, name: path, options: request.options)
    }

    // Whether there was a container.
    private func peel() throws(OpenError) -> Bool {
        guard let region, !region.matches("QEVM".utf8, at: 0) else { return false }
        guard let format = ContainerFormats.recognized(region) else { return false }
        guard info.layers.count < ContainerFormats.depthLimit else {
            throw .notAStream(
                path: path, found: "\(info.layers.count) containers around each other (\(info.name))",
                advice: "try: unpack it first")
        }
        var peeled = try format.peel(region, request)
        peeled.layer.parts = peeled.layer.parts.map { $0.located(in: region) }
        try add(peeled)
        return true
    }

    private func add(_ peeled: Peeled) throws(OpenError) {
        info.layers.append(peeled.layer)
        findings += peeled.findings
        switch peeled.content {
        case .region(let content): region = content
        case .packed(let producer): unpacker = try Unpacker(producer, options: request.options)
        }
    }

    private func take(_ unpacker: Unpacker) throws(OpenError) {
        self.unpacker = nil
        let format = info.layers.last?.title ?? "copy of \(path)"
        let count = unpacker.progress.produced
        guard let content = try unpacker.region() else {
            let stop = unpacker.stop ?? .truncated
            throw .container(
                path: path, offset: unpacker.progress.consumed,
                reason: "\(DisplayText.escaped(format)): nothing unpacked: \(stop.reason)",
                advice: stop.hint)
        }
        if region == nil { fileSize = unpacker.progress.consumed }
        region = content
        findings += unpacker.remarks
        if let stop = unpacker.stop {
            findings.append(stop.finding(format: DisplayText.escaped(format), count: count))
        }
    }
}
