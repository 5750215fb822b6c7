import Bytes
import Stream

/// A file that changes while it is open: one that grows is read on, what one has lost is reported.
extension Update {
    /// Opens the live part of a stream that is still being written, so that sections show as they come.
    mutating func startFollowing() {
        guard document.isGrowing else { return }
        showLivePart()
    }

    /// Looks for what was appended. The selection stays where it is.
    mutating func readGrowth() {
        let selected = selectedNode.range
        // Asked before: what comes between is taken in by the next look.
        let hasEnded = hasInputEnded
        switch document.catchUp() {
        case .nothing:
            guard hasEnded, document.isGrowing else { return }
            do throws(OpenError) {
                try document.stopFollowing()
            } catch {
                return fail("what is shown was read before: \(error)")
            }
            synchronize()
            note("the input has ended without a description: \(SizeText.long(document.overview.fileSize))")
            model.wanted = selected
            showLivePart()
        case .refused(let error):
            // It is looked at five times a second.
            let text = "what is shown was read before: \(error)"
            if model.message?.text != text { fail(text) }
            return
        case .more:
            // Read first: what was expanded of a section that has begun is there again before rows are looked for.
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

    // Opened and read as a user would, in steps.
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

    /// Selects again what was selected before the stream was opened anew, once it is read.
    mutating func goToWanted() {
        guard let range = model.wanted, !document.hasUnreadPart else { return }
        model.wanted = nil
        let nodes = document.tree.nodes(along: document.path(atOffset: range.lowerBound)).dropFirst()
        if let node = nodes.first(where: { $0.range == range }) ?? nodes.last { select(node.path) }
    }

    /// Tells of bytes that the file has lost since it was opened.
    mutating func reportLosses() {
        guard let finding = document.noteLosses() else { return }
        fail(finding.message)
    }
}
