/// One of the first steps for a new user.
struct TutorStep: Sendable {
    let title: String
    /// The task. Names of actions in braces become their keys.
    let task: String
    /// The expected result on the screen.
    let sight: String
    /// Whether the step is done, given the state after an event and the effects of the event.
    let isDone: @Sendable (Update, [Effect]) -> Bool

    /// Returns the task with the bound keys.
    func task(_ keymap: Keymap) -> String { Self.text(task, keymap) }

    /// Returns the expected result with the bound keys.
    func sightText(_ keymap: Keymap) -> String { Self.text(sight, keymap) }

    private static func text(_ template: String, _ keymap: Keymap) -> String {
        var text = ""
        var rest = template[...]
        while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
            let name = rest[rest.index(after: start)..<end]
            text += rest[..<start] + (Action(name: name).map(keymap.hint) ?? String(name))
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }
}

extension TutorStep {
    private static let clock = "mc146818rtc:0/cmos_data"

    /// The steps, on the sample stream.
    static let all: [TutorStep] = [
        TutorStep(
            title: "move",
            task: "Press {move-down} four times; {move-up} goes back up, arrows work too.",
            sight: "timer #0 is marked, the line below the panes names it timer:0, and its bytes are marked "
                + "on the right."
        ) { state, _ in state.selectedPath == "timer:0" },
        TutorStep(
            title: "open", task: "Press {right} to open it; {left} closes it again.",
            sight:
                "its fields appear below it, including cpu_ticks_offset, each with its value, type and size."
        ) { state, _ in
            state.selectedPath == "timer:0" && state.model.outline.isExpanded(state.model.selection)
        },
        TutorStep(
            title: "search", task: "Type {search}cmos_data and press Enter. The tree moves while you type.",
            sight:
                "cmos_data of the clock mc146818rtc is marked, its section opened automatically, and the last line "
                + "counts the matches: 1/1. n and N step through them."
        ) { state, _ in state.isAtRest && state.selectedPath == clock },
        TutorStep(
            title: "go to a byte", task: "Type {command}0x49a1a and press Enter.",
            sight: "the field that owns this byte is marked: it is the last byte of cmos_data."
        ) { state, _ in state.isAtRest && state.model.hexCursor == 0x49a1a },
        TutorStep(
            title: "bytes", task: "Press {other-pane} to move to the bytes, then {right} for the next byte.",
            sight: "the tree follows: the byte belongs to the next field, cmos_index."
        ) { state, _ in state.model.activePane == .hex && state.selectedPath == "mc146818rtc:0/cmos_index" },
        TutorStep(
            title: "back", task: "Press {back}: back to where you were before the last jump.",
            sight: "cmos_data is marked again. {forward} goes forward."
        ) { state, _ in state.selectedPath == clock },
        TutorStep(
            title: "search a value", task: "Type {search}=0xfee00900 and press Enter: where is this number?",
            sight: "apicbase of apic:0 is marked, found by its value, whatever its width."
        ) { state, _ in state.isAtRest && state.selectedPath == "apic:0/apicbase" },
        TutorStep(
            title: "filter", task: "Type {filter}isr and press Enter.",
            sight: "the tree shows only names that contain isr, and their sections."
        ) { state, _ in state.isAtRest && state.model.unfiltered != nil },
        TutorStep(
            title: "show all again", task: "Press {cancel}.", sight: "the whole tree is back."
        ) { state, _ in state.isAtRest && state.model.unfiltered == nil },
        TutorStep(
            title: "copy", task: "Press {copy-path} to copy the path of the marked row.",
            sight: "the last line shows what was copied, and how."
        ) { _, effects in effects.contains { if case .copy = $0 { true } else { false } } },
        TutorStep(
            title: "mark", task: "Press {set-mark}. Later, {go-to-mark} comes back here.",
            sight: "an a is beside the row; {marks} lists marks, and notes that {note} writes."
        ) { state, _ in state.model.marks[1] != nil },
        TutorStep(
            title: "help", task: "Press {help}.",
            sight: "all keys and their actions; / searches the list, {close} closes it."
        ) { state, _ in state.model.overlay?.is(HelpPanel.self) ?? false },
    ]
}

extension Update {
    /// Whether no prompt is open and no job runs.
    var isAtRest: Bool { model.prompt == nil && model.job == nil }

    var selectedPath: String { document.tree.pathText(model.selection) }
}
