import Bytes
import Stream

/// A load that QEMU refuses, as each version prints it.
///
/// Up to 10.1 each function on the way out prints a line, the innermost first. From 10.2 on the texts pass upwards and
/// end in one line, the outermost first (migration/migration.c, savevm.c, vmstate.c).
package struct QEMUFailure: Hashable, Sendable {
    /// A vmstate's field on the way to the fault, the outermost first.
    package struct Step: Hashable, Sendable {
        package var structure: String
        /// Empty for the step into a subsection, which prints nothing of its own up to 10.1.
        package var field: String
        /// The name of the field's VMStateInfo, such as `uint32` or `pci config`; empty for a struct.
        package var type: String
        /// The subsection, by its whole name, where the vmstate is one.
        package var isSubsection: Bool
        /// A device loads this field with a function of its own, which prints what is inside (virtio, PCI).
        package var isOpaque: Bool

        package init(
            structure: String, field: String, type: String = "", isSubsection: Bool = false,
            isOpaque: Bool = false
        ) {
            self.structure = structure
            self.field = field
            self.type = type
            self.isSubsection = isSubsection
            self.isOpaque = isOpaque
        }
    }

    package enum Place: Hashable, Sendable {
        /// Outside of sections: header, commands, footers.
        case stream
        /// A START or FULL section.
        case device(name: String, instance: UInt32)
        /// A PART or END section.
        case part(id: UInt32, name: String)
    }

    /// The innermost first; none where QEMU gives no reason.
    package var messages: [QEMUMessage]
    package var steps: [Step]
    package var place: Place
    /// strerror's text of the last line up to 10.1; later versions nearly always say "Invalid argument".
    package var reason: String

    package init(
        _ messages: [QEMUMessage], steps: [Step] = [], in place: Place = .stream,
        reason: String = "Invalid argument"
    ) {
        self.messages = messages
        self.steps = steps
        self.place = place
        self.reason = reason
    }

    /// The lines that `version` prints, without the program's name.
    package func lines(in version: QEMUVersion) -> [String] {
        version < .chained ? separateLines(version) : chainedLines(version)
    }

    private func separateLines(_ version: QEMUVersion) -> [String] {
        var lines = messages.map { $0.text(in: version) }
        for step in steps.reversed() where !step.field.isEmpty {
            lines.append("Failed to load \(step.structure):\(step.field)")
        }
        switch place {
        case .stream: break
        case .device(let name, let instance):
            lines.append(
                "error while loading state for instance 0x\(Hex.digits(UInt64(instance))) of device '\(name)'"
            )
        case .part(let id, let name): lines.append("error while loading state section id \(id)(\(name))")
        }
        return lines + ["load of migration failed: \(reason)"]
    }

    private func chainedLines(_ version: QEMUVersion) -> [String] {
        var lines: [String] = []
        // What passes upwards: the innermost message, until a function that prints what it got.
        var passed: String?
        for message in messages {
            let text = message.text(in: version)
            if message.isOwnLine(in: version) { lines.append(text) } else { passed = text }
        }
        for (number, step) in steps.enumerated().reversed() {
            let failed = QEMUMessage(.elementFailed, [step.type, step.field, "-22"]).text(in: version)
            let isInnermost = number == steps.count - 1
            if step.isOpaque, !isInnermost, let text = passed {
                lines.append(text)
                passed = failed
            } else if passed == nil, !step.type.isEmpty {
                passed = failed
            }
            if step.isSubsection, let parent = step.structure.lastIndex(of: "/") {
                let outer = step.structure[..<parent]
                passed = "Loading VM subsection '\(step.structure)' in '\(outer)' failed: \(passed ?? "")"
            }
        }
        var last = "load of migration failed: \(reason)"
        if case .device(let name, let instance) = place {
            last +=
                ": error while loading state for instance 0x\(Hex.digits(UInt64(instance))) of device '\(name)'"
        }
        if let passed { last += ": \(passed)" }
        return lines + [last]
    }
}
