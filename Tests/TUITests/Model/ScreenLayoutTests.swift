import Testing

@testable import TUI

@Suite struct ScreenLayoutTests {
    private static let requests: [ScreenLayout.Request] = Arrangement.allCases.flatMap { arrangement in
        [false, true].flatMap { isZoomed in
            Pane.allCases.flatMap { pane in
                [nil, 0, 30_000, Dividers.whole].map { share in
                    ScreenLayout.Request(
                        arrangement: arrangement, isZoomed: isZoomed, activePane: pane,
                        dividers: Dividers(beside: share, stacked: share), hasPrompt: share == 0,
                        streamSize: 961_913)
                }
            }
        }
    }

    @Test func nothingLeavesTheScreenOrCoversAnother() {
        for width in [1, 2, 10, 19, 20, 40, 59, 60, 73, 80, 120, 200] {
            for height in 1...45 {
                let size = Size(width: width, height: height)
                for request in Self.requests { check(ScreenLayout(size, request)) }
            }
        }
    }

    private func check(_ layout: ScreenLayout) {
        let rects = [layout.tree, layout.hex, layout.details].compactMap { $0 }
        for rect in rects {
            #expect(rect.x >= 0 && rect.y >= 0 && rect.width >= 0 && rect.height >= 0)
            #expect(rect.right <= layout.size.width && rect.bottom <= layout.size.height)
            for y in [layout.titleY, layout.statusY, layout.topRuleY, layout.hexRuleY, layout.detailsRuleY] {
                guard let y else { continue }
                #expect(!(rect.y..<rect.bottom).contains(y), "\(layout)")
            }
        }
        for (index, rect) in rects.enumerated() {
            for other in rects[(index + 1)...] {
                let apart =
                    rect.right <= other.x || other.right <= rect.x || rect.bottom <= other.y
                    || other.bottom <= rect.y
                #expect(apart, "\(layout)")
            }
        }
    }

    @Test func theActivePaneIsAlwaysThere() {
        for width in [1, 20, 40, 80] {
            for height in 1...24 {
                for request in Self.requests {
                    let layout = ScreenLayout(Size(width: width, height: height), request)
                    #expect(layout.rect(of: request.activePane) != nil)
                }
            }
        }
    }

    @Test(arguments: [
        (80, 24, true), (72, 24, true), (71, 24, false), (120, 40, true), (80, 8, true), (80, 7, false),
    ])
    func sideBySideWhereThereIsRoom(_ width: Int, _ height: Int, _ isBeside: Bool) {
        let layout = ScreenLayout(Size(width: width, height: height), .init(streamSize: 961_913))
        #expect((layout.dividerX != nil) == isBeside)
    }

    @Test func anAreaOf40x10ShowsBothPanes() {
        let layout = ScreenLayout(Size(width: 40, height: 10), .init(streamSize: 961_913))
        #expect(layout.tree?.height == 4)
        #expect(layout.hex?.height == 3)
    }
}
