import Bytes
import Stream

/// Files that change while they are open: reads on when one grows, and reports lost bytes.
extension Update {
    /// Opens the live part of a stream that is still being written, so that new sections show as they arrive.
    mutating func startFollowing() {
        guard document.isGrowing else { return }
        showLivePart()
    }

    /// Reads the appended bytes. The selection stays where it is.
    mutating func readGrowth() {
        let selected = selectedNode.range
        // Ask first: the next call reads what arrives in between.
        let hasEnded = hasInputEnded
        switch document.catchUp() {
        case .nothing:
            guard hasEnded, document.isGrowing else { return }
            do throws(OpenError) {
                try document.stopFollowing()
            } catch {
                return fail("the screen shows data read earlier: \(error)")
            }
            synchronize()
            note("the input has ended without a description: \(SizeText.long(document.overview.fileSize))")
            model.wanted = selected
            showLivePart()
        case .refused(let error):
            // This runs five times a second, so show the message only once.
            let text = "the screen shows data read earlier: \(error)"
            if model.message?.text != text { fail(text) }
            return
        case .more:
            // Read first, so that the open nodes of an incomplete section exist again before rows are
            // counted.
            if document.hasUnreadPart, model.job == nil { _ = document.readOn(budget: Self.recordsAStep) }
            synchronize()
            showLivePart()
        case .complete:
            synchronize()
            model.search = model.search.map { $0.again(document) }
            note("the stream is complete: \(document.overview.sectionCount) sections")
            model.wanted = selected
            showLivePart()
        case .restarted:
            model.search = nil
            model.hits = nil
            model.ramMap = nil
            synchronize()
            select(NodePath([0]))
            note("the file was cut: reading it from the start again")
            showLivePart()
        }
        revealSelection()
        revealHexCursor()
    }

    // Opens and reads the live part in steps, as for a user.
    private mutating func showLivePart() {
        guard let live = document.livePart else { return }
        model.outline.expand(live, document)
        if document.hasUnreadPart, model.job == nil {
            _ = document.readOn(budget: Self.recordsAStep)
            if document.hasUnreadPart { model.job = .live }
            synchronize()
        }
        goToWanted()
    }

    /// Restores the selection from before the stream was reopened, once it is read.
    mutating func goToWanted() {
        guard let range = model.wanted, !document.hasUnreadPart else { return }
        model.wanted = nil
        let nodes = document.tree.nodes(along: document.path(atOffset: range.lowerBound)).dropFirst()
        if let node = nodes.first(where: { $0.range == range }) ?? nodes.last { select(node.path) }
    }

    /// Reports bytes that the file has lost since it was opened.
    mutating func reportLosses() {
        guard let finding = document.noteLosses() else { return }
        fail(finding.message)
    }
}
