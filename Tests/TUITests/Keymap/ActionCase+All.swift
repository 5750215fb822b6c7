import Query

@testable import TUI

extension ActionCase {
    /// One for each action.
    static let all = moves.merging(folds) { $1 }.merging(finds) { $1 }.merging(places) { $1 }
        .merging(views) { $1 }.merging(copies) { $1 }.merging(edits) { $1 }.merging(ends) { $1 }

    private static let moves: [Action: ActionCase] = [
        .moveDown: ActionCase("3j") { $0.moved == 1 },
        .moveUp: ActionCase("3j") { $0.moved == -1 },
        .halfPageDown: ActionCase { (2..<15).contains($0.moved) },
        .halfPageUp: ActionCase("G") { (2..<15).contains(-$0.moved) },
        .pageDown: ActionCase { $0.moved > 2 },
        .pageUp: ActionCase("G") { $0.moved < -2 },
        .first: ActionCase("3j") { $0.after.row == 0 },
        .last: ActionCase { $0.path == "description" },
        .scrollDown: ActionCase("3j") { $0.after.model.treeTop == 1 && $0.moved == 0 },
        .scrollUp: ActionCase("8j3<C-e>") { $0.after.model.treeTop == $0.before.model.treeTop - 1 },
        .rowToTop: ActionCase("E30j") { $0.moved == 0 && $0.after.row - $0.after.model.treeTop <= 5 },
        .rowToMiddle: ActionCase("E99j") {
            $0.moved == 0 && (4..<16).contains($0.after.row - $0.after.model.treeTop)
        },
        .rowToBottom: ActionCase("E99jzt") {
            $0.moved == 0 && $0.after.row - $0.after.model.treeTop > 8
        },
        .screenTop: ActionCase("10j") { $0.after.row == $0.after.model.treeTop && $0.moved < 0 },
        .screenMiddle: ActionCase { (4..<12).contains($0.moved) && $0.after.model.treeTop == 0 },
        .screenBottom: ActionCase { $0.moved > 12 && $0.after.model.treeTop == 0 },
        .percent: ActionCase(":timer:0<Enter>") { $0.path == "timer:0/@footer/section_id" },
        .nextSibling: ActionCase("5Gl") { $0.path == "slirp:0" },
        .previousSibling: ActionCase("6G") { $0.path == "timer:0" },
        .parent: ActionCase("5Gll") { $0.path == "timer:0" },
        .nextSection: ActionCase(":timer:0<Enter>") { $0.path == "slirp:0" },
        .previousSection: ActionCase(":slirp:0<Enter>") { $0.path == "timer:0" },
    ]

    private static let folds: [Action: ActionCase] = [
        .right: ActionCase("5G") { $0.after.isOpen && $0.moved == 0 },
        .left: ActionCase("5Gl") { !$0.after.isOpen && $0.moved == 0 },
        .toggle: ActionCase("5G") { $0.after.isOpen },
        .expandSubtree: ActionCase("5G") {
            $0.after.model.outline.rowCount > $0.before.model.outline.rowCount + 10
        },
        .expandAll: ActionCase { $0.after.model.outline.rowCount > 10_000 },
        .collapseAll: ActionCase("5Gll") { $0.path == "timer:0" && !$0.after.isOpen },
        .expandToLevel: ActionCase(then: "2") {
            $0.after.model.outline.rowCount > $0.before.model.outline.rowCount
        },
    ]

    private static let finds: [Action: ActionCase] = [
        .search: ActionCase(then: "cmos_data<Enter>") { $0.path == "mc146818rtc:0/cmos_data" },
        .searchBackward: ActionCase("G", then: "cmos_data<Enter>") { $0.path == "mc146818rtc:0/cmos_data" },
        .searchNext: ActionCase("/version_id<Enter>") { $0.moved > 0 && $0.path.hasSuffix("version_id") },
        .searchPrevious: ActionCase("/version_id<Enter>3n") {
            $0.moved < 0 && $0.path.hasSuffix("version_id")
        },
        .searchName: ActionCase("/version_id<Enter>") { $0.moved > 0 && $0.path.hasSuffix("version_id") },
        .searchNameBackward: ActionCase("/version_id<Enter>3n") {
            $0.moved < 0 && $0.path.hasSuffix("version_id")
        },
        .matches: ActionCase("/version_id<Enter>") { $0.after.model.overlay == .matches(selected: 0) },
        .filter: ActionCase(then: "isr<Enter>") {
            $0.after.model.unfiltered != nil && $0.path.contains("isr")
        },
        .filterByName: ActionCase(":apic:0/isr<Enter>") {
            ($0.after.model.hits?.paths.count ?? 0) > 1 && $0.path == "apic:0/isr"
        },
        .filterByType: ActionCase(":timer:0/cpu_ticks_offset<Enter>") {
            $0.after.model.unfiltered != nil && $0.after.model.hits?.text == "type == \"int64\""
        },
        .filterByValue: ActionCase(":timer:0/cpu_clock_offset<Enter>") {
            $0.after.model.hits?.paths.count == 1 && $0.path == "timer:0/cpu_clock_offset"
        },
        .values: ActionCase(":cpu:0/env.regs[0]<Enter>") {
            $0.after.model.values?.count == 32 && $0.after.line(0 + 1).contains("values of env.regs")
        },
        .strings: ActionCase {
            ($0.after.model.hits?.runs.count ?? 0) > 3 && $0.after.model.overlay?.is(MatchesList.self) == true
        },
        .palette: ActionCase(then: "rammap") {
            $0.after.state.candidates(of: $0.after.model.prompt!).first?.line == "ram-map"
        },
        .command: ActionCase(then: "0x4a51d<Enter>") { $0.after.model.hexCursor == 0x4a51d },
        .goto: ActionCase(then: "timer:0<Enter>") { $0.path == "timer:0" },
        .follow: ActionCase(":timer:0/@footer/section_id<Enter>") { $0.path == "timer:0" },
        .back: ActionCase(":timer:0<Enter>") { $0.path == "header" },
        .forward: ActionCase(":timer:0<Enter>u") { $0.path == "timer:0" },
    ]

    private static let places: [Action: ActionCase] = [
        .setMark: ActionCase("5G", then: "c") {
            $0.after.model.marks[3]?.selection == $0.after.model.selection && $0.effects.contains(.keep)
        },
        .goToMark: ActionCase("5Gmcg", then: "c") { $0.path == "timer:0" },
        .note: ActionCase("5G", then: "odd<Enter>") {
            $0.after.model.notes[$0.after.model.selection] == "odd" && $0.effects.contains(.keep)
        },
        .marks: ActionCase("5Gma") { $0.after.model.overlay == .marks(selected: 0) },
        .nextFinding: ActionCase(on: .damaged) { $0.path == "cpu:0/@footer/type" },
        .previousFinding: ActionCase("G", on: .damaged) { $0.path == "cpu:0/@footer/type" },
        .findings: ActionCase(on: .damaged) { $0.after.model.overlay == .findings(selected: 0) },
        .compareTwin: ActionCase(":cpu:0<Enter>") { $0.after.model.overlay == .twins(selected: 0) },
        .compareRange: ActionCase(":cpu:0/env.regs[0]<Enter>", then: "cpu:1/env.regs[0]<Enter>") {
            $0.message.contains("of 8 bytes differ")
        },
        .explain: ActionCase(on: .damaged, then: "Missing section footer for cpu<Enter>") {
            $0.after.model.overlay == .explanation(selected: 0)
        },
        .differences: ActionCase("q", on: .compared) { $0.after.model.overlay == .differences },
        .otherStream: ActionCase("q", on: .compared) { $0.after.line(0).contains("changed.mig") },
    ]

    private static let edits: [Action: ActionCase] = [
        .editValue: ActionCase(":timer:0/cpu_ticks_offset<Enter>", then: "<C-u>0x10<Enter>") {
            $0.after.model.edits?.steps.map(\.edit) == [
                .set(path: "timer:0/cpu_ticks_offset", .assign, value: "0x10")
            ]
        },
        .drop: ActionCase(":timer:0/cpu_ticks_offset<Enter>") {
            $0.path == "timer:0" && $0.after.model.edits?.steps.count == 1
        },
        .undo: ActionCase(":timer:0<Enter>,d") { $0.after.model.edits?.isEmpty == true },
        .redo: ActionCase(":timer:0<Enter>,d,u") { $0.after.model.edits?.steps.count == 1 },
        .edits: ActionCase(":timer:0<Enter>,d") { $0.after.model.overlay == Overlay(EditsList()) },
    ]

    private static let views: [Action: ActionCase] = [
        .otherPane: ActionCase { $0.after.model.activePane == .hex },
        .zoom: ActionCase { $0.after.model.isZoomed && $0.after.state.layout.hex == nil },
        .dividerLeft: ActionCase("Ll") { $0.after.model.dividers != $0.before.model.dividers },
        .dividerRight: ActionCase("Ll") { $0.after.model.dividers != $0.before.model.dividers },
        .layout: ActionCase { $0.after.model.arrangement == .beside },
        .selectBytes: ActionCase("o0x499a0<Enter><Tab>") {
            $0.after.state.selectedBytes == 0x499a0..<0x499a1
        },
        .extendUp: ActionCase("o0x499a0<Enter><Tab>") { $0.after.state.selectedBytes == 0x49998..<0x499a1 },
        .extendDown: ActionCase("o0x499a0<Enter><Tab>") { $0.after.state.selectedBytes == 0x499a0..<0x499a9 },
        .extendLeft: ActionCase("o0x499a0<Enter><Tab>") { $0.after.state.selectedBytes == 0x4999f..<0x499a1 },
        .extendRight: ActionCase("o0x499a0<Enter><Tab>") {
            $0.after.state.selectedBytes == 0x499a0..<0x499a2
        },
        .numberBase: ActionCase { $0.after.model.base == .decimal },
        .details: ActionCase {
            $0.before.model.activePane == .tree && $0.after.model.activePane == .details
        },
        .inspector: ActionCase { $0.after.model.isInspecting },
        .statistics: ActionCase(":mc146818rtc:0/cmos_data<Enter>") {
            $0.after.model.statistics?.isFinished == true && $0.after.line(2).contains("cmos_data")
        },
        .hexColumns: ActionCase { $0.after.state.layout.hexGeometry.bytesPerRow == 4 },
        .sort: ActionCase { $0.after.model.outline.order == .size },
        .sortBy: ActionCase(then: "-name<Enter>") {
            $0.after.model.outline.order == TreeOrder(.name, isReversed: true)
        },
        .shares: ActionCase { $0.after.model.showsShares && $0.after.line(2).contains("%") },
        .ramMap: ActionCase { $0.after.model.overlay == .ramMap },
        .rawRecord: ActionCase(":pc.ram@0x21000<Enter>") {
            $0.after.model.showsRecords && !$0.before.model.showsRecords
        },
    ]

    private static let copies: [Action: ActionCase] = [
        .tag: ActionCase("5G") {
            $0.after.model.tags == [$0.before.model.selection] && $0.moved == 1
                && $0.message == "1 row tagged"
        },
        .showTagged: ActionCase("5GT8GT") {
            $0.after.model.unfiltered != nil && $0.after.model.outline.rowCount == 2
        },
        .copyValue: ActionCase(":mc146818rtc:0/cmos_index<Enter>") { $0.copied("value") == "0x00" },
        .copyName: ActionCase(":mc146818rtc:0/cmos_index<Enter>") { $0.copied("name") == "cmos_index" },
        .copyPath: ActionCase(":mc146818rtc:0/cmos_index<Enter>") {
            $0.copied("path") == "mc146818rtc:0/cmos_index"
        },
        .copyOffset: ActionCase(":0x499a0<Enter>") { $0.copied("offset")?.hasPrefix("0x") == true },
        .copyHex: ActionCase(":mc146818rtc:0/cmos_index<Enter>") { $0.copied("bytes") == "00" },
        .copyJSON: ActionCase(":mc146818rtc:0/cmos_index<Enter>") {
            $0.copied("JSON")?.contains("0x00") == true
        },
        .copyC: ActionCase(":mc146818rtc:0/cmos_index<Enter>") {
            $0.copied("C array") == "static const unsigned char cmos_index[1] = {\n    0x00,\n};\n"
        },
        .copyPython: ActionCase(":timer:0/cpu_clock_offset<Enter>") {
            $0.copied("Python bytes") == #"b"\x00\x00\x00\x00\xb3\xa8\x5d\x3a""#
        },
        .copyBase64: ActionCase(":timer:0/cpu_clock_offset<Enter>") { $0.copied("base64") == "AAAAALOoXTo=" },
        .copyCommand: ActionCase(":timer:0/cpu_clock_offset<Enter>") {
            $0.copied("command") == "migscope sample-q35-10.0.mig --at timer:0/cpu_clock_offset"
        },
        .write: ActionCase(then: "x<Enter>") {
            if case .write(let bytes, path: "x") = $0.effects.last { bytes.count == 8 } else { false }
        },
        .pipe: ActionCase(then: "wc<Enter>") {
            if case .pipe(_, command: "wc") = $0.effects.last { true } else { false }
        },
        .report: ActionCase(then: "x.md<Enter>") {
            if case .write(_, path: "x.md") = $0.effects.last { true } else { false }
        },
    ]

    private static let ends: [Action: ActionCase] = [
        .open: ActionCase(then: "x.mig<Enter>") { $0.message == "files can't be opened here" },
        .nextFile: ActionCase { $0.message.contains("only one file is open") },
        .previousFile: ActionCase { $0.message.contains("only one file is open") },
        .help: ActionCase { $0.after.model.overlay == .help() },
        .set: ActionCase(then: "base dec<Enter>") { $0.after.model.base == .decimal },
        .tutor: ActionCase { $0.after.model.tutor != nil },
        .cancel: ActionCase("&isr<Enter>") { $0.after.model.unfiltered == nil },
        .close: ActionCase("Z") { !$0.after.model.isZoomed && $0.effects.isEmpty },
        .quit: ActionCase { $0.effects == [.quit] },
        .redraw: ActionCase { $0.effects == [.redraw] },
        .suspend: ActionCase { $0.effects == [.suspend] },
    ]
}
