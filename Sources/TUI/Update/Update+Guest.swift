import Bytes
import Format
import Memory

extension Update {
    /// Goes to a byte of guest memory, after a job that finds the locations of pages.
    mutating func go(to address: GuestAddress) {
        guard !document.overview.ramBlocks.isEmpty else { return fail("no RAM block in this stream") }
        guard let index = model.ramMap?.index ?? model.ramIndex else {
            if case .ram = model.job { model.ramMap = nil }
            model.job = .guest(
                GuestJob(
                    run: RAMIndexRun(document), address: address, selection: model.selection,
                    cursor: model.hexCursor))
            return
        }
        go(to: address, index)
    }

    mutating func step(_ job: GuestJob) {
        var job = job
        job.run.step(budget: Self.recordsAStep)
        synchronize()
        model.ramIndex = job.run.index
        model.job = job.run.index == nil ? .guest(job) : nil
        guard let index = job.run.index else { return }
        // Do not move a user who has gone elsewhere meanwhile.
        guard job.selection == model.selection, job.cursor == model.hexCursor else {
            return note("guest memory is now known: follow the address again")
        }
        go(to: job.address, index)
    }

    private mutating func go(to address: GuestAddress, _ index: RAMIndex) {
        let memory = GuestMemory(document, index: index)
        do throws(GuestAddressError) {
            let place = try memory.place(of: withCPU(address), document.processors())
            let name = document.overview.ramBlocks[place.block].name
            let text = "\(name)@\(Hex.offset(place.blockOffset))"
            if let offset = place.streamOffset {
                remember()
                let path = document.path(atOffset: offset)
                synchronize()
                endFilter(hiding: path)
                changeView { $0.activePane = .hex }
                select(path, isJump: true)
                moveHexCursor(to: offset, in: .stream)
                showInUpperThird()
            } else {
                go(to: text)
                if model.message?.kind == .error { return }
            }
            note(
                words(address, place, text) + (memory.map.assumptions.first.map { "; assumed: \($0)" } ?? ""))
        } catch {
            fail(error.description)
        }
    }

    private func words(_ address: GuestAddress, _ place: GuestPlace, _ text: String) -> String {
        let physical = "physical 0x\(Hex.digits(place.physical))"
        switch address {
        case .physical: return "\(physical) is \(text)"
        case .virtual(let virtual, _): return "virtual 0x\(Hex.digits(virtual)) is \(physical), \(text)"
        }
    }

    // Without a CPU number, adds the CPU of the selected section.
    private func withCPU(_ address: GuestAddress) -> GuestAddress {
        guard case .virtual(let virtual, cpu: nil) = address else { return address }
        let selected = document.tree.nodes(along: model.selection).compactMap { node -> UInt32? in
            document.tree.processorNumber(node)
        }.first
        return .virtual(virtual, cpu: selected)
    }
}
