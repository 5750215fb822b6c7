import Bytes
import Container

/// Opens the stream in a file through whatever wraps it, in steps that can be shown and cancelled.
///
/// ```
/// let opening = try DocumentOpening(path: path)
/// while try opening.step() { show(opening.progress) }
/// let document = try opening.finish()
/// ```
/// Not Sendable: make it, step it and finish it on one thread at a time, which need not be the main one.
package final class DocumentOpening {
    /// What takes the containers off.
    package let container: ContainerOpening
    private let options: OpenOptions
    private var ending: PipeEnding

    /// Opens `path`: a file, `-`, or `/dev/fd/N`. Reads nothing of a pipe.
    ///
    /// - Throws: `OpenError` when it can't be opened or is empty.
    package init(path: String, options: OpenOptions = OpenOptions()) throws(OpenError) {
        container = try ContainerOpening(path: path, options: options.container)
        ending = PipeEnding(options.container)
        self.options = options
    }

    /// Opens what is in memory already; `name` is for messages.
    package init(region: MappedRegion, name: String, options: OpenOptions = OpenOptions()) {
        container = ContainerOpening(region: region, name: name, options: options.container)
        ending = PipeEnding(options.container)
        self.options = options
    }

    /// What unpacking has done so far, in bytes.
    package var progress: ContainerOpening.Progress { container.progress }

    /// The path as it was given, escaped.
    package var name: String { container.name }

    /// Whether the work that is ahead grows with the input: unpacking, or reading a pipe.
    package var isUnpacking: Bool { container.isUnpacking }

    /// The pipe that `step` reads; nil where it waits for no one.
    package var descriptor: Int32? { container.descriptor }

    /// Whether `step` returns without waiting for who writes the pipe.
    package var isReady: Bool { ending.isLooking || container.isReady }

    /// To be called now and then while nothing comes through a pipe: looks whether the stream is whole, which then ends
    /// the work as the end of the pipe would. O(1), but for the first time after something has come.
    package func idle() {
        guard options.stream <= 1 else { return }
        ending.idle(container)
    }

    /// Does a piece of the work: takes one container off, or unpacks some MiB.
    ///
    /// - Returns: Whether there is more to do.
    /// - Throws: `OpenError` when there is no stream in the file; the object is of no use then.
    package func step(budget: Int = 4 << 20) throws(OpenError) -> Bool {
        if options.stream <= 1 {
            if ending.step(container) { return true }
            while !isReady {
                container.wait(PipeEnding.interval)
                if !container.isReady { idle() }
            }
            if ending.isLooking { return true }
        }
        return try container.step(budget: budget)
    }

    /// The document. Before `step` has said that all is done it has what was unpacked until now.
    ///
    /// - Throws: `OpenError` when that does not begin as a stream.
    package func finish() throws(OpenError) -> Document {
        let source = try container.source()
        if options.mustChoose, let unused = options.unusedChoice(in: source.info) {
            throw .container(
                path: container.givenPath, offset: 0, reason: unused.reason, advice: unused.advice)
        }
        var options = options
        // The number was that of a migration in a capture.
        if container.hasChosenMigration { options.stream = 1 }
        do throws(OpenError) {
            return try Document.open(source: source, name: container.givenPath, options: options)
        } catch {
            throw error.with(OpenEvidence(region: source.region, container: source.info.name))
        }
    }
}

/// How to open a file: what concerns its containers is a member too.
@dynamicMemberLookup
package struct OpenOptions: Sendable {
    package var container = ContainerOptions()
    /// Whether overlays say what bytes mean. A caller that asks only for fields can do without: it is half of opening a
    /// small stream.
    package var explains = true
    /// Stands in for a description that the stream does not have.
    package var description: BorrowedDescription?
    /// Where such a description is looked for when none is given.
    package var descriptionFolder: DescriptionFolder?
    /// Which of several streams in a file, counted from 1: after the end of one another may begin.
    package var stream = 1
    /// Whether a member or a snapshot that is asked for must be one of the file's: of two files that are compared only
    /// one may have such.
    package var mustChoose = true

    package init() {}

    // What is asked for of a container that the file is not.
    fileprivate func unusedChoice(in info: ContainerInfo) -> (reason: String, advice: String)? {
        if container.member != nil, info.members.isEmpty {
            return ("it is no archive and no folder, and has no members", "try: without --member")
        }
        if container.snapshot != nil, info.snapshots.isEmpty {
            return ("it is no qcow2 image, and has no snapshots", "try: without --snapshot")
        }
        return nil
    }

    package subscript<Value>(dynamicMember member: WritableKeyPath<ContainerOptions, Value>) -> Value {
        get { container[keyPath: member] }
        set { container[keyPath: member] = newValue }
    }
}
