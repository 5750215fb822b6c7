/// The bindings of keys to actions.
package struct Keymap: Equatable, Sendable {
    /// The meaning of the keys so far.
    package enum Meaning: Equatable, Sendable {
        /// An action, and the argument from the last key.
        case action(Action, argument: Int?)
        /// The start of a longer sequence.
        case prefix
        case nothing
    }

    private var actions: [[Key]: Action] = [:]
    private var prefixes: Set<[Key]> = []
    private(set) var bound: [Action: [KeySequence]] = [:]

    /// The default bindings from the list of actions.
    package init() { self.init(\.keys) }

    /// Binds the keys that `keys` returns for each action.
    init(_ keys: (Action) -> [KeySequence]) {
        for action in Action.allCases {
            for sequence in keys(action) { bind(sequence, to: action) }
        }
    }

    /// Binds keys to an action, and removes their previous binding.
    package mutating func bind(_ sequence: KeySequence, to action: Action) {
        if let before = actions[sequence.keys] { bound[before]?.removeAll { $0 == sequence } }
        actions[sequence.keys] = action
        bound[action, default: []].append(sequence)
        for length in 1..<max(sequence.keys.count, 1) {
            prefixes.insert(Array(sequence.keys.prefix(length)))
        }
    }

    /// Returns the keys bound to an action, in their order.
    package func sequences(of action: Action) -> [KeySequence] { bound[action] ?? [] }

    /// Returns the keys of an action as the help screen shows them: `j Down`, `z1…z9`; empty when there are
    /// none.
    package func keysText(_ action: Action) -> String {
        let sequences = sequences(of: action)
        guard action.argument != nil else { return sequences.map(\.description).joined(separator: " ") }
        var texts: [String] = []
        var rest = sequences[...]
        while let first = rest.first {
            let run = rest.prefix { $0.keys.dropLast() == first.keys.dropLast() }
            texts.append(run.count > 1 ? "\(first)…\(run.last ?? first)" : "\(first)")
            rest = rest.dropFirst(run.count)
        }
        return texts.joined(separator: " ")
    }

    /// Returns the first key of an action, for hints; without a key, its name after a colon.
    func hint(_ action: Action) -> String {
        sequences(of: action).first?.description ?? ":\(action.name)"
    }

    /// Returns the keys of an action with this argument, for hints; without keys, its name after a colon.
    func hint(_ action: Action, argument: Int) -> String {
        let bound = sequences(of: action).first { action.argument?.value(of: $0.keys.last) == argument }
        guard bound == nil else { return bound?.description ?? "" }
        return ":\(action.name) \(action.argument == .letter ? KeyArgument.letter(argument) : "\(argument)")"
    }

    /// Returns the meaning of the keys so far. O(keys).
    package func meaning(of keys: [Key]) -> Meaning {
        if let action = actions[keys] {
            return .action(action, argument: action.argument?.value(of: keys.last))
        }
        return prefixes.contains(keys) ? .prefix : .nothing
    }

    /// Returns the possible continuations of `keys`: the next key and the action, in the order of the list of
    /// actions.
    func continuations(of keys: [Key]) -> [(key: Key, action: Action)] {
        Action.allCases.compactMap { action in
            let found = actions.first {
                $0.value == action && $0.key.count > keys.count && $0.key.starts(with: keys)
            }
            return found.map { ($0.key[keys.count], action) }
        }
    }
}
