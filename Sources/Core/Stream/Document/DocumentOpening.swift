import Bytes
import Container

/// Opens the stream in a file inside any container, in steps that can be shown and canceled.
///
/// ```
/// let opening = try DocumentOpening(path: path)
/// while try opening.step() { show(opening.progress) }
/// let document = try opening.finish()
/// ```
/// Not Sendable: create, step and finish it on one thread at a time, which need not be the main one.
package final class DocumentOpening {
    /// Removes the containers.
    package let container: ContainerOpening
    private let options: OpenOptions
    private var ending: PipeEnding

    /// Opens `path`: a file, `-`, or `/dev/fd/N`. Reads nothing from a pipe.
    ///
    /// - Throws: `OpenError` if it can't be opened or is empty.
    package init(path: String, options: OpenOptions = OpenOptions()) throws(OpenError) {
        container = try ContainerOpening(path: path, options: options.container)
        ending = PipeEnding(options.container)
        self.options = options
    }

    /// Opens bytes in memory; `name` is for messages.
    package init(region: MappedRegion, name: String, options: OpenOptions = OpenOptions()) {
        container = ContainerOpening(region: region, name: name, options: options.container)
        ending = PipeEnding(options.container)
        self.options = options
    }

    /// The progress of unpacking, in bytes.
    package var progress: ContainerOpening.Progress { container.progress }

    /// The given path, escaped.
    package var name: String { container.name }

    /// Whether the remaining work grows with the input: unpacking, or reading a pipe.
    package var isUnpacking: Bool { container.isUnpacking }

    /// The pipe that `step` reads; nil if it does not wait for one.
    package var descriptor: Int32? { container.descriptor }

    /// Whether `step` returns without waiting for the writer of the pipe.
    package var isReady: Bool { ending.isLooking || container.isReady }

    /// Checks whether the stream from an idle pipe is complete, which ends the work as the end of the pipe
    /// would. Call it now and then while no bytes arrive. O(1), except for the first call after new bytes.
    package func idle() {
        guard options.stream <= 1 else { return }
        ending.idle(container)
    }

    /// Does one piece of the work: removes one container, or unpacks some MiB.
    ///
    /// - Returns: Whether there is more to do.
    /// - Throws: `OpenError` if there is no stream in the file; the object is then unusable.
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

    /// Returns the document. Before `step` has returned false, it contains only what was unpacked so far.
    ///
    /// - Throws: `OpenError` if that does not begin as a stream.
    package func finish() throws(OpenError) -> Document {
        let source = try container.source()
        if options.mustChoose, let unused = options.unusedChoice(in: source.info) {
            throw .noParts(path: container.givenPath, reason: unused.reason, advice: unused.advice)
        }
        var options = options
        // The number selected a migration in a capture.
        if container.hasChosenMigration { options.stream = 1 }
        do throws(OpenError) {
            return try Document.open(source: source, name: container.givenPath, options: options)
        } catch {
            throw error.with(OpenEvidence(region: source.region, container: source.info.name))
        }
    }
}

/// The options for opening a file. Those of its containers are members too.
@dynamicMemberLookup
package struct OpenOptions: Sendable {
    package var container = ContainerOptions()
    /// Whether overlays explain the bytes. A caller that needs only fields can do without them; they are half
    /// the cost of opening a small stream.
    package var explains = true
    /// The description to use if the stream has none.
    package var description: BorrowedDescription?
    /// The folder in which a description is searched if none is given.
    package var descriptionFolder: DescriptionFolder?
    /// The number of the stream in the file, counted from 1: another one may begin after the end of the
    /// first.
    package var stream = 1
    /// Whether a requested member or snapshot must exist. It need not when two files are compared, because
    /// only one of them may have it.
    package var mustChoose = true

    package init() {}

    // The reason why a container option does not apply to the file.
    fileprivate func unusedChoice(in info: ContainerInfo) -> (reason: String, advice: String)? {
        if container.member != nil, info.members.isEmpty {
            return ("it is neither an archive nor a folder, and has no members", "try: without --member")
        }
        if container.snapshot != nil, info.snapshots.isEmpty {
            return ("it is not a qcow2 image, and has no snapshots", "try: without --snapshot")
        }
        return nil
    }

    package subscript<Value>(dynamicMember member: WritableKeyPath<ContainerOptions, Value>) -> Value {
        get { container[keyPath: member] }
        set { container[keyPath: member] = newValue }
    }
}
