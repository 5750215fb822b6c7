import Bytes
import Query
import Stream

/// The reading of what opening has skipped: in a stream that is cut, has no description, or has other bytes
/// after it, devices may be where other streams have RAM. Nothing is reported as absent before all of that is
/// read.
extension Update {
    /// Begins the reading, far enough that a small stream is complete on the first screen.
    mutating func startReading() {
        guard document.needsReading else { return tellTrouble() }
        model.job = model.job ?? .reading
        readMissing()
    }

    /// Does one step of the reading.
    mutating func readMissing() {
        let isDone = document.readMissing(budget: Self.recordsAStep)
        synchronize()
        guard isDone else { return }
        if case .reading = model.job { model.job = nil }
        showDevices()
        tellTrouble()
    }

    /// The message while a search has no result yet.
    var stillReading: String { "reading …: nothing found so far" }

    // Devices found from the start of the stream are below the live part.
    mutating func showDevices() {
        guard let live = document.livePart,
            !(0..<document.tree.root.childCount).contains(where: {
                isDevice(document.tree.child($0, of: document.tree.root))
            })
        else { return }
        let group = document.tree.node(live)
        let holders = (0..<min(group.childCount, Self.mostHolders)).map { document.tree.child($0, of: group) }
        if holders.contains(where: isDevice) { model.outline.expand(live, document) }
        for holder in holders where holder.childCount > 0 && holder.isRecord {
            guard (0..<holder.childCount).contains(where: { isDevice(document.tree.child($0, of: holder)) })
            else {
                continue
            }
            model.outline.expand(live, document)
            model.outline.expand(holder.path, document)
        }
        revealSelection()
    }

    // A list of more records is RAM.
    private static let mostHolders = 10_000

    private func isDevice(_ node: Node) -> Bool { node.isRecord && document.tree.isDevice(node) }

    /// Recreates rows, marks and searches after the stream was reopened.
    mutating func startAnew() {
        model.openingCount = document.openingCount
        model.outline = Outline(document)
        model.unfiltered = nil
        model.search = model.search.map { $0.again(document) }
        model.checked = nil
        model.ramMap = nil
        model.ramIndex = nil
        model.twins = nil
        model.tags = []
    }

    /// Shows a line with the main problem of the stream, and the key that leads on.
    mutating func tellTrouble() {
        guard model.message == nil, model.prompt == nil, diff == nil else { return }
        if let loss = document.loss {
            return note("\(loss.text): \(keymap.hint(.findings)) shows the reason")
        }
        guard document.store.description == nil,
            document.overview.sections.contains(where: { $0.kind == "full" })
        else {
            return
        }
        note("no description: use --description FILE, or desc --save on a stream of this machine")
    }

    static let fieldsAStep = 20_000
    static let recordsAStep = 1 << 14

    /// Reads a lazy node; for the live part one step, and the rest in a job.
    mutating func read(_ path: NodePath) {
        document.open(path, budget: Self.recordsAStep)
        if document.unreadPath != nil, model.job == nil { model.job = .live }
        synchronize()
    }

    mutating func readOn() {
        if document.readOn(budget: Self.recordsAStep) { model.job = nil }
        synchronize()
        goToWanted()
    }

    /// Stops the current job. Its results so far stay.
    mutating func cancelJob() {
        if model.writing != nil {
            model.writing?.writing.cancel()
            model.writing = nil
            return note("stopped writing; the file was removed")
        }
        guard let job = model.job else { return }
        model.job = nil
        model.hasStoppedReading = document.needsReading
        // A partial map would look complete.
        if case .ram = job { model.ramMap = nil }
        note("stopped \(job.title)")
    }
}
