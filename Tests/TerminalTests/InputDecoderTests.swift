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
        #expect(events([.pasteEnd]).isEmpty)
    }

    private func answer(_ start: Input, _ text: String) -> (decoder: InputDecoder, events: [Event]) {
        var decoder = InputDecoder()
        let inputs = [start] + text.unicodeScalars.map(Input.scalar)
        let events = inputs.compactMap { decoder.feed($0, now: 0) }
        return (decoder, events)
    }

    @Test(arguments: [
        ("rgb:ffff/ffff/ffff\u{7}", true), ("rgb:0000/0000/0000\u{1b}\\", false), ("#fff\u{1b}\\", true),
    ]) func theBackgroundIsAnEvent(_ text: String, _ isLight: Bool) {
        let (decoder, events) = answer(.background, text)
        #expect(events == [.background(isLight: isLight)])
        #expect(decoder.answers.isLight == isLight)
    }

    @Test func answersAreNoKeys() {
        #expect(answer(.background, "rgb:zz\u{7}j").events == [.key(.character("j"))])
        #expect(answer(.report, "62;22cj").events == [.key(.character("j"))])
        #expect(answer(.report, "62;22c").decoder.answers.isComplete)
        #expect(answer(.report, "2026;2$yj").events == [.key(.character("j"))])
        #expect(answer(.report, "2026;2$y").decoder.answers.canSynchronize == true)
        #expect(answer(.report, "2026;0$y").decoder.answers.canSynchronize == false)
    }

    @Test func anAnswerWithoutEndDoesNotSwallowKeysForEver() {
        let digits = String(repeating: "1", count: 100)
        #expect(!answer(.report, digits).events.isEmpty)
        #expect(!answer(.background, digits).events.isEmpty)
    }
}
