/// Which keys stand for which action.
public struct Keymap: Sendable {
    /// What keys mean so far.
    public enum Meaning: Equatable, Sendable {
        /// An action, and what the last key says beside it.
        case action(Action, argument: Int?)
        /// More keys must follow.
        case prefix
        case nothing
    }

    private var actions: [[Key]: Action] = [:]
    private var prefixes: Set<[Key]> = []

    /// The keys from the list of actions.
    public init() {
        for action in Action.allCases {
            for sequence in action.keys { bind(sequence, to: action) }
        }
    }

    /// Binds keys to an action; what they were bound to before is lost.
    public mutating func bind(_ sequence: KeySequence, to action: Action) {
        actions[sequence.keys] = action
        for length in 1..<max(sequence.keys.count, 1) {
            prefixes.insert(Array(sequence.keys.prefix(length)))
        }
    }

    /// O(keys).
    public func meaning(of keys: [Key]) -> Meaning {
        if let action = actions[keys] {
            return .action(action, argument: action.argument?.value(of: keys.last))
        }
        return prefixes.contains(keys) ? .prefix : .nothing
    }

    /// What can follow `keys`: the next key and the action, in the order of the list of actions.
    func continuations(of keys: [Key]) -> [(key: Key, action: Action)] {
        Action.allCases.compactMap { action in
            let found = actions.first {
                $0.value == action && $0.key.count > keys.count && $0.key.starts(with: keys)
            }
            return found.map { ($0.key[keys.count], action) }
        }
    }
}
