/// Where the strips of a map are on the screen. The block that is selected takes what room is left.
struct RAMMapGeometry {
    /// One step of zoom shows a part like this.
    static let zoomStep = 4
    /// More pages than this are not counted anew for each frame: then cells are whole groups.
    private static let largestCount = 1 << 18

    /// The cells of a strip's line.
    let width: Int
    /// Lines of cells of the selected block.
    let lines: Int
    /// The first block in sight.
    let firstBlock: Int
    /// Blocks in sight.
    let blockCount: Int
    let area: Rect
    /// Lines for passes: a bar each, or 1 for all in one line.
    let passLines: Int
    /// Lines below the strips: what is selected, passes, legend.
    let footLines: Int
    /// The pages of the selected block that are shown.
    let window: Range<Int>

    init(_ layout: ScreenLayout, _ map: RAMMap, place: RAMPlace, zoom: Int) {
        var area = layout.overlayArea
        passLines = area.height >= 16 ? min(map.index.passes.count, max(area.height / 5, 3)) : 1
        footLines = area.height >= 8 ? 2 + passLines : area.height >= 4 ? 1 : 0
        area.height -= footLines
        self.area = area
        width = max(area.width - 2, 1)
        let height = max(area.height, 1)
        // A header and a line each.
        blockCount = min(map.blocks.count, max((height + 1) / 2, 1))
        firstBlock = max(0, min(place.block - blockCount / 2, map.blocks.count - blockCount))
        let pages = map.blocks.indices.contains(place.block) ? map.blocks[place.block].pageCount : 0
        window = Self.window(pages: pages, page: place.page, zoom: zoom)
        let wanted = max((window.count + width - 1) / width, 1)
        lines = max(1, min(wanted, height - 2 * blockCount + 1))
    }

    /// The part of a block that holds a page, after this many steps of zoom.
    private static func window(pages: Int, page: Int, zoom: Int) -> Range<Int> {
        var size = max(pages, 1)
        for _ in 0..<zoom where size > zoomStep { size = (size + zoomStep - 1) / zoomStep }
        let start = page / size * size
        return start..<max(min(start + size, pages), start)
    }

    /// How many steps of zoom show something new: until a cell is a page.
    static func deepestZoom(pages: Int, width: Int) -> Int {
        var zoom = 0
        var size = pages
        while size > width {
            size = (size + zoomStep - 1) / zoomStep
            zoom += 1
        }
        return zoom
    }

    /// The pages that one cell shows: whole groups, unless so few are in sight that they can be counted.
    func pagesPerCell(_ block: RAMMap.Block, isSelected: Bool) -> Int {
        let isZoomed = isSelected && window.count < block.pageCount
        let cells = width * (isSelected ? lines : 1)
        let pages = isZoomed ? window.count : block.pageCount
        let count = max(1, (pages + cells - 1) / cells)
        if isZoomed, pages <= Self.largestCount { return count }
        return (count + block.pagesPerGroup - 1) / block.pagesPerGroup * block.pagesPerGroup
    }

    /// The pages of the cell, in the selected block, that shows a page.
    func cell(holding page: Int, _ block: RAMMap.Block) -> Range<Int> {
        let count = pagesPerCell(block, isSelected: true)
        let start = start(block)
        let first = start + max(page - start, 0) / count * count
        return first..<max(min(first + count, block.pageCount), first)
    }

    /// The first page of the first cell of the selected block. Cells that are groups begin where groups do.
    func start(_ block: RAMMap.Block) -> Int {
        let count = pagesPerCell(block, isSelected: true)
        return count % block.pagesPerGroup == 0
            ? window.lowerBound / block.pagesPerGroup * block.pagesPerGroup : window.lowerBound
    }
}
