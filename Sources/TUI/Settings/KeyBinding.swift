import Bytes

/// A line of `[keys]`: an action and its keys.
struct KeyBinding {
    let action: Action
    let sequences: [(keys: KeySequence, place: TextPlace)]

    init(_ entry: SettingsEntry, _ source: SettingsText) throws(SettingsError) {
        guard let action = Action(rawValue: entry.key) else {
            throw source.error(
                expected: "the name of an action", found: DisplayText.escaped(entry.key), entry.key,
                among: Action.allCases.map(\.name), at: entry.keyPlace)
        }
        self.action = action
        let items: [SettingsItem] = if case .list(let list) = entry.item.value { list } else { [entry.item] }
        var sequences: [(keys: KeySequence, place: TextPlace)] = []
        for item in items {
            for keys in try Self.sequences(item, action, source) { sequences.append((keys, item.place)) }
        }
        self.sequences = sequences
    }

    private static func sequences(
        _ item: SettingsItem, _ action: Action, _ source: SettingsText
    ) throws(SettingsError) -> [KeySequence] {
        guard case .text(let text) = item.value else {
            throw source.error("expected keys as \"text\", found \(item.value.kind)", at: item.place)
        }
        let keys: [Key]
        do throws(KeyScript.Failure) {
            keys = try KeyScript.keys(text)
        } catch {
            throw source.error(error.description, at: item.place)
        }
        guard let first = keys.first else {
            throw source.error("expected keys, found none; [] removes the keys of the action", at: item.place)
        }
        guard first.digit == nil else {
            throw source.error(
                "expected keys that do not begin with a digit: numbers are counts", at: item.place)
        }
        guard let argument = action.argument else { return [KeySequence(keys)] }
        return argument.keys.map { KeySequence(keys + [$0]) }
    }
}

extension Keymap {
    /// Creates the default keymap with the keys of some actions replaced.
    ///
    /// A key that a binding takes is removed from its default action.
    /// - Throws: `SettingsError` when two bindings take the same keys, or one is a prefix of the other.
    init(_ bindings: [KeyBinding], _ source: SettingsText) throws(SettingsError) {
        var taken: [(keys: KeySequence, action: Action)] = []
        for binding in bindings {
            for (keys, place) in binding.sequences {
                if let other = taken.first(where: { $0.keys.conflicts(with: keys) }) {
                    throw source.error(
                        "expected unused keys, found \(keys): \(other.keys) is bound to "
                            + other.action.name, at: place)
                }
                taken.append((keys, binding.action))
            }
        }
        let changed = Set(bindings.map(\.action))
        self.init { action in
            if changed.contains(action) { return taken.filter { $0.action == action }.map(\.keys) }
            return action.keys.filter { keys in !taken.contains { $0.keys.conflicts(with: keys) } }
        }
    }

    /// Returns the bindings as the `[keys]` table of a settings file, each with a comment from `origin`.
    package func settingsText(origin: ((Action) -> String)? = nil) -> String {
        var text = "[keys]\n"
        for group in ActionGroup.allCases {
            text += "# \(group.rawValue)\n"
            for action in group.actions { text += line(action, origin.map { $0(action) + "; " } ?? "") }
        }
        return text
    }

    /// Returns the default keys that other actions have taken from an action, each with that action.
    func lost(by action: Action) -> [(keys: KeySequence, taker: Action)] {
        let own = Set(sequences(of: action))
        return action.keys.filter { !own.contains($0) }.compactMap { keys in
            let taker = bound.first { other, sequences in
                other != action && sequences.contains { $0.conflicts(with: keys) }
            }
            return taker.map { (keys, $0.key) }
        }
    }

    private func line(_ action: Action, _ origin: String) -> String {
        var scripts = sequences(of: action).map {
            KeySequence(action.argument == nil ? $0.keys : $0.keys.dropLast()).script
        }
        // The letters or digits of an argument have a common start.
        var seen: Set<String> = []
        scripts.removeAll { !seen.insert($0).inserted }
        let keys = scripts.map(Self.quoted).joined(separator: ", ")
        let argument = action.argument.map { " (then \($0.text))" } ?? ""
        return "\(action.name) = [\(keys)]  # \(origin)\(action.title)\(argument)\n"
    }

    private static func quoted(_ script: String) -> String {
        "\"" + script.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
}
