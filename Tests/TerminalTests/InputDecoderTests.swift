import TUI
import Testing

@testable import Terminal

@Suite struct InputDecoderTests {
    private func events(_ inputs: [Input], step: Int = 0) -> [Event] {
        var decoder = InputDecoder()
        return inputs.enumerated().compactMap { decoder.feed($1, now: $0 * step) }
    }

    private func report(_ text: String) -> [Input] {
        [.mouse] + text.unicodeScalars.map(Input.scalar)
    }

    @Test func scalarsAndNamedKeysAreKeys() {
        #expect(
            events([.scalar("j"), .key(.up), .ignored, .scalar("\u{4}")])
                == [.key(.character("j")), .key(.up), .key(.control("d"))])
    }

    @Test(arguments: [
        ("0;3;4M", MouseEvent(.press, x: 2, y: 3)), ("0;3;4m", MouseEvent(.release, x: 2, y: 3)),
        ("32;1;1M", MouseEvent(.drag, x: 0, y: 0)), ("64;300;2M", MouseEvent(.wheelUp, x: 299, y: 1)),
        ("65;1;1M", MouseEvent(.wheelDown, x: 0, y: 0)), ("16;1;1M", MouseEvent(.press, x: 0, y: 0)),
    ])
    func readsMouseReports(_ text: String, _ expected: MouseEvent) {
        #expect(events(report(text)) == [.mouse(expected)])
    }

    @Test(arguments: [
        "M", "0;1M", "0;0;1M", "0;1;1;1M", "99999999999999999999;1;1M", "1;1;1M", "35;1;1M", ";;M", "0;1;1x",
    ])
    func dropsReportsThatItDoesNotKnow(_ text: String) {
        #expect(events(report(text) + [.scalar("j")]) == [.key(.character("j"))])
    }

    @Test func aReportWithoutEndDoesNotSwallowKeysForEver() {
        let digits = String(repeating: "1", count: 40)
        #expect(events(report(digits)).count == 15)
    }

    @Test func oldMouseReportsAreSwallowed() {
        #expect(
            events([.oldMouse, .scalar(" "), .scalar("q"), .scalar("q"), .scalar("j")]) == [
                .key(.character("j"))
            ])
    }

    @Test func twoQuickPressesAreADoubleClick() {
        let click = report("0;3;4M")
        #expect(
            events(click + click + click, step: 1)
                == [.press, .doubleClick, .press].map { .mouse(MouseEvent($0, x: 2, y: 3)) })
        #expect(
            events(click + click, step: 100) == [.press, .press].map { .mouse(MouseEvent($0, x: 2, y: 3)) })
        #expect(
            events(click + report("0;4;4M"))
                == [.mouse(MouseEvent(.press, x: 2, y: 3)), .mouse(MouseEvent(.press, x: 3, y: 3))])
    }

    @Test func whatIsPastedIsTextAndNoKeys() {
        #expect(
            events([
                .pasteStart, .scalar("q"), .key(.up), .scalar("\r"), .mouse, .scalar("ä"), .pasteEnd,
                .scalar("q"),
            ]) == [.paste("q\nä"), .key(.character("q"))])
    }

    @Test func anEndWithoutAStartIsNothing() {
        #expect(events([.pasteEnd, .synchronizedOutput(true)]).isEmpty)
    }
}
