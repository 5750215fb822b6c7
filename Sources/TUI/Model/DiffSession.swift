import Bytes
import Compare
import Stream

/// One of two streams.
enum DiffSide: Sendable {
    case left, right

    var other: DiffSide { self == .left ? .right : .left }

    /// The letter in titles.
    var letter: String { self == .left ? "A" : "B" }
}

/// A comparison that the browsers of both streams share: one list, one selection.
final class DiffSession {
    private(set) var run: ComparisonRun
    private(set) var list = DiffList()
    /// The selected row.
    var selected = 0
    /// The names of both sides. Escaped.
    let names: (left: String, right: String)

    init(_ left: Document, _ right: ComparedWith) {
        run = ComparisonRun(left, right)
        names = (left.overview.fileName, right.name)
    }

    var hasRight: Bool { run.right != nil }

    func region(_ side: DiffSide) -> MappedRegion? { (side == .left ? run.left : run.right)?.store.region }

    func name(_ side: DiffSide) -> String { side == .left ? names.left : names.right }

    /// A note that one of the streams is incomplete, so that its lost part is listed as missing; nil for two
    /// whole streams. Escaped.
    var lossWords: String? {
        for side in [DiffSide.left, .right] {
            guard let loss = (side == .left ? run.left : run.right)?.loss else { continue }
            return "\(side.letter) is \(loss.text): the comparison is incomplete"
        }
        return nil
    }

    /// Does a step; existing rows stay in place.
    func step(budget: Int) {
        run.step(budget: budget)
        list.update(from: run)
    }

    var selectedDifference: Difference? { list.difference(atRow: selected) }

    /// Returns the bytes of a difference on one side; nil when that side has none.
    func range(of difference: Difference, _ side: DiffSide) -> Range<Int>? {
        let known = side == .left ? difference.leftRange : difference.rightRange
        guard known == nil, difference.subject != .ram, let document = side == .left ? run.left : run.right,
            let path = document.path(text: difference.path.replacing("[]", with: "[0]"))
        else { return known }
        let node = document.tree.node(path)
        return node.size > 0 ? node.range : nil
    }

    func toggle() {
        guard let group = list.group(ofRow: selected) else { return }
        list.groups[group].isOpen.toggle()
        selected = list.row(ofGroup: group)
    }

    /// Opens or closes the group of the selected row.
    func open(_ isOpen: Bool) {
        guard let group = list.group(ofRow: selected), list.groups[group].isOpen != isOpen else { return }
        toggle()
    }

    func move(_ rows: Int) {
        selected = min(max(selected.addingSaturated(rows), 0), max(list.rowCount - 1, 0))
    }

    /// Selects the next or the previous difference in an open group; returns false when there is none.
    func moveDifferences(_ steps: Int) -> Bool {
        let direction = steps < 0 ? -1 : 1
        var row = selected
        var left = Int(clamping: steps.magnitude)
        while left > 0 {
            row += direction
            guard (0..<list.rowCount).contains(row) else { return false }
            if list.difference(atRow: row) != nil { left -= 1 }
        }
        selected = row
        return true
    }
}

/// Differences in groups that open and close: structure, the values of each section, RAM, noise.
struct DiffList {
    struct Group {
        enum Subject { case structure, values, ram, noise }

        let kind: Subject
        let title: String
        var differences: [Difference] = []
        var isOpen: Bool

        /// The group's own line, and the lines of its differences when it is open.
        var rowCount: Int { 1 + (isOpen ? differences.count : 0) }
    }

    var groups: [Group] = []
    private var valueCount = 0
    private var blockCount = 0
    private var isBegun = false
    private var numbers: [String: Int] = [:]

    /// A list with more values than this begins closed.
    private static let openLimit = 200

    var rowCount: Int { row(ofGroup: groups.count) }

    var isEmpty: Bool { groups.isEmpty }

    // MARK: Rows

    /// Returns the group of a row, and the number of the difference in it; nil for the group's own line.
    func place(ofRow row: Int) -> (group: Int, difference: Int?)? {
        var left = row
        for (number, group) in groups.enumerated() {
            if left == 0 { return (number, nil) }
            if left < group.rowCount { return (number, left - 1) }
            left -= group.rowCount
        }
        return nil
    }

    func group(ofRow row: Int) -> Int? { place(ofRow: row)?.group }

    func row(ofGroup number: Int) -> Int { groups[..<number].reduce(0) { $0 + $1.rowCount } }

    func difference(atRow row: Int) -> Difference? {
        place(ofRow: row).flatMap { place in place.difference.map { groups[place.group].differences[$0] } }
    }

    // MARK: Construction

    /// Adds what the run has found since the previous call.
    mutating func update(from run: ComparisonRun) {
        if !isBegun, !run.structure.isEmpty {
            isBegun = true
            for subject in Difference.Subject.allCases {
                let found = run.structure.filter { $0.subject == subject }
                guard !found.isEmpty else { continue }
                groups.append(Group(kind: .structure, title: subject.title, differences: found, isOpen: true))
            }
        }
        for difference in run.values[valueCount...] { add(difference) }
        valueCount = run.values.count
        for block in run.blocks[blockCount...] { add(block, run) }
        blockCount = run.blocks.count
        if run.isFinished { finish(run) }
    }

    private mutating func add(_ difference: Difference) {
        if difference.isNoise { return add(difference, "clocks and timers", .noise, isOpen: false) }
        let section = String(difference.path.prefix { $0 != "/" })
        add(difference, section, .values, isOpen: !isBegun)
    }

    private mutating func add(_ difference: Difference, _ title: String, _ kind: Group.Subject, isOpen: Bool)
    {
        let key = "\(kind) \(title)"
        if let number = numbers[key] { return groups[number].differences.append(difference) }
        numbers[key] = groups.count
        groups.append(Group(kind: kind, title: title, differences: [difference], isOpen: isOpen))
    }

    private mutating func add(_ block: RAMComparison.Block, _ run: ComparisonRun) {
        for difference in run.differences(of: block) {
            add(difference, "RAM \(block.name)", .ram, isOpen: !isBegun)
        }
    }

    // Noise comes last; long lists begin closed.
    private mutating func finish(_ run: ComparisonRun) {
        groups = groups.filter { $0.kind != .noise } + groups.filter { $0.kind == .noise }
        numbers = [:]
        for (number, group) in groups.enumerated() where group.differences.count > Self.openLimit {
            groups[number].isOpen = false
        }
    }
}

extension Difference.Subject {
    /// The heading of a list.
    var title: String {
        switch self {
        case .machine: "machine"
        case .section: "sections"
        case .version: "versions"
        case .subsection: "subsections"
        case .field: "fields"
        case .value: "values"
        case .ram: "RAM blocks"
        }
    }
}
