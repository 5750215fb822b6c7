import Bytes

extension Update {
    mutating func openRAMMap() {
        guard !document.overview.ramBlocks.isEmpty else { return note("no RAM block in this stream") }
        model.overlay = .ramMap
        guard model.ramMap == nil else { return }
        if case .ram = model.job { return }
        let job = RAMMapJob(document)
        model.job = .ram(job)
        step(job)
    }

    mutating func step(_ job: RAMMapJob) {
        job.step()
        synchronize()
        model.ramMap = job.map
        model.job = job.isFinished ? nil : .ram(job)
        if job.isFinished, model.guestMap == nil { model.guestMap = document.guestMap }
    }

    private var ramGeometry: RAMMapGeometry? {
        model.ramMap.map { RAMMapGeometry(layout, $0, place: model.ramPlace, zoom: model.ramZoom) }
    }

    /// Moves by lines of cells, past the end of a block into the next.
    mutating func moveInRAMMap(lines: Int) {
        guard let map = model.ramMap, let geometry = ramGeometry else { return }
        let place = model.ramPlace
        let block = map.blocks[place.block]
        let step = geometry.pagesPerCell(block, isSelected: true).multipliedReportingOverflow(
            by: geometry.width)
        let (pages, overflow) = lines.multipliedReportingOverflow(by: step.partialValue)
        let target = overflow ? (lines < 0 ? -1 : Int.max) : place.page.addingSaturated(pages)
        if target < 0, place.block > 0 {
            model.ramPlace = .init(
                block: place.block - 1, page: max(map.blocks[place.block - 1].pageCount - 1, 0))
        } else if target >= block.pageCount, place.block + 1 < map.blocks.count {
            model.ramPlace = .init(block: place.block + 1, page: 0)
        } else {
            model.ramPlace.page = min(max(target, 0), max(block.pageCount - 1, 0))
        }
    }

    /// Moves by cells inside the block.
    mutating func moveInRAMMap(cells: Int) {
        guard let map = model.ramMap, let geometry = ramGeometry else { return }
        let block = map.blocks[model.ramPlace.block]
        let (pages, overflow) = cells.multipliedReportingOverflow(
            by: geometry.pagesPerCell(block, isSelected: true))
        let target = overflow ? (cells < 0 ? 0 : Int.max) : model.ramPlace.page.addingSaturated(pages)
        model.ramPlace.page = min(max(target, 0), max(block.pageCount - 1, 0))
    }

    mutating func moveInRAMMap(blocks: Int) {
        guard let map = model.ramMap else { return }
        let target = min(max(model.ramPlace.block.addingSaturated(blocks), 0), map.blocks.count - 1)
        if target != model.ramPlace.block { model.ramZoom = 0 }
        model.ramPlace = .init(block: target, page: 0)
    }

    /// Goes to the first page of the selected cell that was sent with content, or else to its first page.
    mutating func goToRAMPage() {
        guard let map = model.ramMap, let pages = selectedRAMPages else { return }
        let block = model.ramPlace.block
        showPanes()
        if let offset = map.index.firstBody(block: block, pages: pages, in: document.store.region) {
            return jump(toOffset: offset)
        }
        let address = pages.lowerBound.multipliedReportingOverflow(by: map.index.pageSize).partialValue
        go(to: "\(map.blocks[block].name)@\(Hex.offset(address))")
    }

    /// The pages of the selected cell.
    var selectedRAMPages: Range<Int>? {
        guard let map = model.ramMap, let geometry = ramGeometry,
            map.blocks.indices.contains(model.ramPlace.block)
        else { return nil }
        return geometry.cell(holding: model.ramPlace.page, map.blocks[model.ramPlace.block])
    }

    /// Goes to the next or previous page of the block that was sent more than once. O(groups + pages of a
    /// group).
    mutating func moveToResent(_ step: Int) {
        guard let map = model.ramMap, map.isFinished else { return }
        let number = model.ramPlace.block
        let block = map.blocks[number]
        var page = model.ramPlace.page + step
        while (0..<block.pageCount).contains(page) {
            let group = page / block.pagesPerGroup
            let pages = group * block.pagesPerGroup..<min((group + 1) * block.pagesPerGroup, block.pageCount)
            if block.groups[group].resent == 0 {
                page = step > 0 ? pages.upperBound : pages.lowerBound - 1
            } else if map.index.resentCount(block: number, pages: page..<page + 1) > 0 {
                model.ramPlace.page = page
                return
            } else {
                page += step
            }
        }
        fail("no more resent pages that way")
    }

    /// Shows a smaller or a larger part of the selected block; the cell stays selected.
    mutating func zoomRAMMap(_ steps: Int) {
        guard let map = model.ramMap, let geometry = ramGeometry else { return }
        let pages = map.blocks[model.ramPlace.block].pageCount
        let deepest = RAMMapGeometry.deepestZoom(pages: pages, width: geometry.width)
        model.ramZoom = min(max(model.ramZoom.addingSaturated(steps), 0), deepest)
    }

    /// Performs an action on the map; returns false for actions that every overlay handles.
    mutating func performOnRAMMap(_ action: Action, _ count: Int?) -> Bool {
        let times = max(count ?? 1, 1)
        switch action {
        case .moveDown: moveInRAMMap(lines: times)
        case .moveUp: moveInRAMMap(lines: -times)
        case .halfPageDown, .pageDown: moveInRAMMap(lines: 5)
        case .halfPageUp, .pageUp: moveInRAMMap(lines: -5)
        case .right: moveInRAMMap(cells: times)
        case .left: moveInRAMMap(cells: -times)
        case .nextSection, .nextSibling: moveInRAMMap(blocks: times)
        case .previousSection, .previousSibling: moveInRAMMap(blocks: -times)
        case .first: moveInRAMMap(cells: -.max)
        case .last: moveInRAMMap(cells: .max)
        case .toggle: goToRAMPage()
        case .searchNext: moveToResent(1)
        case .searchPrevious: moveToResent(-1)
        case .dividerRight: zoomRAMMap(times)
        case .dividerLeft: zoomRAMMap(-times)
        case .zoom: model.ramZoom = 0
        default: return false
        }
        return true
    }
}
