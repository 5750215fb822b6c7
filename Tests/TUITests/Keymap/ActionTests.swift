import Testing

@testable import TUI

@Suite struct ActionTests {
    @Test(arguments: Action.allCases) func everyActionCanBeFound(_ action: Action) throws {
        #expect(Action(name: action.name) == action)
        #expect(!action.title.isEmpty)
        #expect(action.keys.count == action.definition.keys.count)
        #expect(HelpView.lines("", Keymap()).contains(.action(action, title: action.title)))
        let keymap = Keymap()
        for sequence in action.keys {
            guard case .action(let bound, _) = keymap.meaning(of: sequence.keys) else {
                Issue.record("\(sequence) does nothing")
                continue
            }
            #expect(bound == action, "\(sequence) is bound twice")
        }
    }

    /// By its first key, or where there is none by name.
    @Test(arguments: Action.allCases) func everyActionDoesWhatItSays(_ action: Action) throws {
        let test = try #require(ActionCase.all[action], "\(action.name) has no entry in ActionCase.all")
        let keys = action.definition.keys.first ?? ""
        let key =
            switch (action.argument, action) {
            case (nil, .set): ":set "
            case (nil, .compareRange), (nil, .open): ":\(action.name) "
            case (nil, _): keys.isEmpty ? ":\(action.name)<Enter>" : keys
            // The entry says which digit or letter.
            default: String(keys.dropLast())
            }
        let outcome = try test.outcome(key)
        #expect(
            test.isDone(outcome),
            "\(action.name): \(outcome.before.selectedPath) → \(outcome.path) \(outcome.message)")
    }

    @Test func noKeysHideOthers() {
        let sequences = Action.allCases.flatMap(\.keys)
        for sequence in sequences {
            for length in 1..<sequence.keys.count {
                #expect(!sequences.contains { $0.keys == Array(sequence.keys.prefix(length)) })
            }
        }
    }

    @Test func aDigitIsTheArgument() throws {
        let keymap = Keymap()
        #expect(keymap.meaning(of: [.character("z")]) == .prefix)
        #expect(
            keymap.meaning(of: [.character("z"), .character("3")]) == .action(.expandToLevel, argument: 3))
        #expect(keymap.meaning(of: [.character("z"), .character("x")]) == .nothing)
    }

    @Test func aLetterIsTheArgument() throws {
        let keymap = Keymap()
        #expect(keymap.meaning(of: [.character("m"), .character("c")]) == .action(.setMark, argument: 3))
        #expect(keymap.meaning(of: [.character("'"), .character("z")]) == .action(.goToMark, argument: 26))
        #expect(keymap.meaning(of: [.character("'"), .character("'")]) == .action(.back, argument: nil))
        #expect(keymap.meaning(of: [.character("m"), .character("A")]) == .nothing)
    }

    @Test func keysCanBeBoundAnew() throws {
        var keymap = Keymap()
        keymap.bind(try KeySequence("gh"), to: .help)
        #expect(keymap.meaning(of: [.character("g"), .character("h")]) == .action(.help, argument: nil))
    }

    @Test func keysAsText() {
        #expect(Keymap().keysText(.moveDown) == "j Down")
        #expect(Keymap().keysText(.expandToLevel) == "z1…z9")
        #expect(Keymap().keysText(.dividerLeft) == "<")
        #expect(Keymap().keysText(.halfPageDown) == "C-d")
    }

    @Test func helpHasEveryGroup() {
        for group in ActionGroup.allCases {
            #expect(HelpView.lines("", Keymap()).contains(.heading(group.rawValue)))
        }
    }
}
