/// The positions of the map's strips on the screen. The selected block takes the remaining room.
struct RAMMapGeometry {
    /// The factor of one zoom step.
    static let zoomStep = 4
    /// The maximum number of pages that are counted for each frame: with more, cells are whole groups.
    private static let largestCount = 1 << 18

    /// The number of cells in a line of a strip.
    let width: Int
    /// The number of lines of cells for the selected block.
    let lines: Int
    /// The first visible block.
    let firstBlock: Int
    /// The number of visible blocks.
    let blockCount: Int
    let area: Rect
    /// The lines for passes: a bar each, or 1 for all in one line.
    let passLines: Int
    /// The lines below the strips: selection, passes, legend.
    let footLines: Int
    /// The visible pages of the selected block.
    let window: Range<Int>

    init(_ layout: ScreenLayout, _ map: RAMMap, place: RAMPlace, zoom: Int) {
        var area = layout.overlayArea
        passLines = area.height >= 16 ? min(map.index.passes.count, max(area.height / 5, 3)) : 1
        footLines = area.height >= 8 ? 2 + passLines : area.height >= 4 ? 1 : 0
        area.height -= footLines
        self.area = area
        width = max(area.width - 2, 1)
        let height = max(area.height, 1)
        // A header and one line for each block.
        blockCount = min(map.blocks.count, max((height + 1) / 2, 1))
        firstBlock = max(0, min(place.block - blockCount / 2, map.blocks.count - blockCount))
        let pages = map.blocks.indices.contains(place.block) ? map.blocks[place.block].pageCount : 0
        window = Self.window(pages: pages, page: place.page, zoom: zoom)
        let wanted = max((window.count + width - 1) / width, 1)
        lines = max(1, min(wanted, height - 2 * blockCount + 1))
    }

    /// Returns the part of a block that contains a page, after this many zoom steps.
    private static func window(pages: Int, page: Int, zoom: Int) -> Range<Int> {
        var size = max(pages, 1)
        for _ in 0..<zoom where size > zoomStep { size = (size + zoomStep - 1) / zoomStep }
        let start = page / size * size
        return start..<max(min(start + size, pages), start)
    }

    /// Returns the number of useful zoom steps: until a cell is a page.
    static func deepestZoom(pages: Int, width: Int) -> Int {
        var zoom = 0
        var size = pages
        while size > width {
            size = (size + zoomStep - 1) / zoomStep
            zoom += 1
        }
        return zoom
    }

    /// Returns the number of pages in a cell: whole groups, unless the visible pages are few enough to count.
    func pagesPerCell(_ block: RAMMap.Block, isSelected: Bool) -> Int {
        let isZoomed = isSelected && window.count < block.pageCount
        let cells = width * (isSelected ? lines : 1)
        let pages = isZoomed ? window.count : block.pageCount
        let count = max(1, (pages + cells - 1) / cells)
        if isZoomed, pages <= Self.largestCount { return count }
        return (count + block.pagesPerGroup - 1) / block.pagesPerGroup * block.pagesPerGroup
    }

    /// Returns the pages of the cell in the selected block that contains a page.
    func cell(holding page: Int, _ block: RAMMap.Block) -> Range<Int> {
        let count = pagesPerCell(block, isSelected: true)
        let start = start(block)
        let first = start + max(page - start, 0) / count * count
        return first..<max(min(first + count, block.pageCount), first)
    }

    /// Returns the first page of the first cell of the selected block. Cells that are groups begin at group
    /// boundaries.
    func start(_ block: RAMMap.Block) -> Int {
        let count = pagesPerCell(block, isSelected: true)
        return count % block.pagesPerGroup == 0
            ? window.lowerBound / block.pagesPerGroup * block.pagesPerGroup : window.lowerBound
    }
}
