import Bytes

/// The lines that QEMU's loader prints (migration/savevm.c, vmstate.c, ram.c, 7.2 and 10.0).
package enum QEMULog {
    /// strerror texts of the last line.
    package enum Failure: String {
        case invalid = "Invalid argument"
        case inputOutput = "Input/output error"
        case noEntry = "No such file or directory"
        case notSupported = "Operation not supported"
        case notPermitted = "Operation not permitted"
        case noMemory = "Cannot allocate memory"
        case outOfRange = "Numerical result out of range"
        /// Nothing of a load's own: a package of postcopy is shorter than it says.
        case unavailable = "Resource temporarily unavailable"
        /// QEMU stops itself: nothing follows the words.
        case aborted = ""
    }

    /// What surrounds a failure inside a section.
    package enum Wrapper {
        /// START and FULL sections.
        case device(name: String, instance: UInt32)
        /// PART and END sections.
        case section(id: UInt32, name: String)

        package var line: String {
            switch self {
            case .device(let name, let instance):
                "error while loading state for instance 0x\(Hex.digits(UInt64(instance))) of device '\(name)'"
            case .section(let id, let name): "error while loading state section id \(id)(\(name))"
            }
        }
    }

    /// All lines of a failure, the innermost first.
    package static func text(_ lines: [String], in wrapper: Wrapper? = nil, _ failure: Failure = .invalid)
        -> String
    {
        guard failure != .aborted else { return lines.joined(separator: "\n") }
        let all =
            lines + (wrapper.map { [$0.line] } ?? []) + ["load of migration failed: \(failure.rawValue)"]
        return all.joined(separator: "\n")
    }

    /// The lines of the fields around a failure, given from the section inwards.
    package static func fields(_ chain: [FieldStep]) -> [String] {
        chain.reversed().map { "Failed to load \($0.structure):\($0.field)" }
    }

    /// `text` with the last line, where it has lines at all.
    package static func completed(_ text: String) -> String {
        text.isEmpty || text.contains("load of migration failed") ? text : self.text([text])
    }
}

/// A field on the way to a failure: the vmstate's name and the field's, as QEMU's source spells them. Escaped.
package struct FieldStep: Hashable, Sendable {
    package var structure: String
    package var field: String

    package init(structure: String, field: String, type: String) {
        self.structure = structure
        self.field = Self.spelled(field, type)
    }

    // A description numbers fields of equal name; QEMU's messages do not.
    private static func spelled(_ field: String, _ type: String) -> String {
        guard field.hasSuffix("]"), let bracket = field.lastIndex(of: "["),
            field[field.index(after: bracket)...].dropLast().allSatisfy(\.isNumber)
        else { return field }
        let stem = String(field[..<bracket])
        return numberedTypes.contains(type) || numberedNames.contains(stem) ? stem : field
    }

    private static let numberedTypes: Set<String> = ["pci config", "unused_buffer"]
    // Fields that QEMU declares more than once in a vmstate; other brackets belong to the name.
    private static let numberedNames: Set<String> = [
        "parent_obj", "cur_offset", "env.xmm_regs", "mac_reg", "csp_param", "unused",
    ]
}
