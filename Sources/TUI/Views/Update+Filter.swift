import Bytes
import Query
import Stream

extension Update {
    /// Filters the tree from before the prompt, while the user types.
    mutating func filterWhileTyping() {
        guard let prompt = model.prompt else { return }
        restore(prompt.origin)
        guard !Filter.isFilter(prompt.text), let search = names(prompt.text) else { return }
        model.search = search
        model.hits = nil
        if search.count > 0 { showOnly(search) }
    }

    /// Keeps the typed filter; an empty line ends the previous one.
    mutating func acceptFilter(_ prompt: Prompt) {
        guard !prompt.text.isEmpty else {
            restore(prompt.origin)
            return endFilter()
        }
        guard !Filter.isFilter(prompt.text), names(prompt.text)?.count ?? 0 > 0 else {
            restore(prompt.origin)
            return filter(prompt.text)
        }
    }

    /// Filters by a line that did not come from the prompt.
    mutating func filter(_ pattern: String) {
        if Filter.isFilter(pattern) { return scan(filter: pattern, .show) }
        do throws(SearchQuery.Failure) {
            guard case .names = try SearchQuery(pattern) else {
                return fail("a filter consists of names and conditions: \(Prompt.Purpose.filter.hint)")
            }
        } catch {
            return fail(error.description)
        }
        guard let search = names(pattern), search.count > 0 else {
            return missed(pattern, nothingFound(pattern), .filter(pattern, .show))
        }
        model.search = search
        model.hits = nil
        showOnly(search)
    }

    // MARK: Conditions

    /// Begins a search for the nodes that fulfill a filter.
    mutating func scan(filter text: String, _ aim: FilterJob.Aim) {
        do throws(FilterError) {
            let filter = try Filter(text)
            if let reason = missing(for: filter) { return fail(reason) }
            if readsHidden(for: .filter(text, aim)) { return }
            let run = FilterRun(filter, document, differing: differingRanges, changed: changedRanges)
            try run.checkNames()
            let job = FilterJob(scan: FilterScan(run, document), text: text, aim: aim)
            model.job = .filter(job)
            // A small stream needs no second step.
            step(job)
        } catch {
            fail(error.description)
        }
    }

    // The missing prerequisite of a condition, without which nothing could fulfill it.
    private func missing(for filter: Filter) -> String? {
        if filter.uses(.differs), diff == nil {
            return "differs: only one stream is open; try: migscope --diff A B"
        }
        if filter.uses(.changed), model.edits?.isEmpty ?? true { return "changed: there are no edits" }
        return nil
    }

    mutating func step(_ job: FilterJob) {
        var job = job
        job.scan.step(budget: Self.fieldsAStep)
        guard job.scan.isFinished else {
            model.job = .filter(job)
            return
        }
        model.job = nil
        let matches = job.scan.matches
        guard let first = matches.first else {
            if document.mayHideNodes { return reach(.filter(job.text, job.aim)) }
            // There is room for only one line.
            return fail(job.scan.run.nothingFound(most: 1).text)
        }
        model.search = nil
        model.hits = Hits(
            text: job.text, offsets: matches.map { document.tree.node($0).offset }, paths: matches)
        switch job.aim {
        case .show: showOnly(PathSet(matches))
        case .go:
            let next = model.hits?.index(from: model.selection) ?? 0
            remember()
            select(matches.indices.contains(next) ? matches[next] : first, isJump: true)
        }
        if matches.count >= FilterScan.limit { note("these are the first \(FilterScan.limit) matches") }
    }

    /// Goes forward or backward by a number of matches.
    mutating func moveFound(_ steps: Int, _ hits: Hits) {
        let here = hits.index(from: model.selection)
        let isOn = here < hits.paths.count && hits.paths[here] == model.selection
        let start = steps > 0 && !isOn ? here - 1 : here
        let count = hits.paths.count
        remember()
        select(hits.paths[(start % count + steps % count + 2 * count) % count], isJump: true)
    }

    /// Filters by the name, type or value of the selected row.
    mutating func filterBySelection(_ action: Action) {
        let node = selectedNode
        switch action {
        case .filterByName: filter(Self.equals("name", document.tree.name(node)))
        case .filterByType: filter(Self.equals("type", document.tree.typeName(node)))
        default:
            guard let value = valueCondition(node) else {
                return fail("\(document.tree.name(node)) has no value")
            }
            filter(value)
        }
    }

    /// Filters by the name and the value of the selected row; does nothing for an element, or without a
    /// value.
    mutating func filterByNameAndValue() {
        let node = selectedNode
        guard !node.isElement, let value = valueCondition(node) else { return }
        filter(Self.equals("name", document.tree.name(node)) + " && " + value)
    }

    private func valueCondition(_ node: Node) -> String? {
        let value = document.tree.value(node).short
        guard !value.isEmpty else { return nil }
        return value.hasPrefix("0x") && !value.contains(" ")
            ? "value == " + value : Self.equals("value", value)
    }

    private static func equals(_ key: String, _ text: String) -> String {
        key + " == \"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
