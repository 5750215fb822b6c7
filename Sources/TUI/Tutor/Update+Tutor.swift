extension Update {
    /// Begins the first steps, or goes to the next step or to the one with this number.
    mutating func tutor(_ number: Int?) {
        guard let progress = model.tutor else { return request = .tutor }
        let wanted = number.map { $0 - 1 } ?? progress.step + 1
        model.tutor = TutorProgress(step: min(max(wanted, 0), TutorStep.all.count))
        arrange()
    }

    /// Goes to the next step when the present one is done.
    mutating func checkTutor(_ effects: [Effect]) {
        guard let progress = model.tutor, TutorStep.all.indices.contains(progress.step),
            TutorStep.all[progress.step].isDone(self, effects)
        else { return }
        model.tutor = TutorProgress(step: progress.step + 1, hasDone: true)
    }
}
