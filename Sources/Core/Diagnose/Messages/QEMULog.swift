import Bytes

/// The form of QEMU's messages about a failed load. It depends on the version of the QEMU that loads.
package enum QEMUWording: Int, Comparable, Sendable {
    /// Up to 10.1: a line for each enclosing field of the cause, then one for the section, then the last one.
    case lines
    /// 10.2: one line, with the message of each function before that of the function that it called, and
    /// error numbers.
    case chained
    /// 11.0 and later: the same without the numbers, and with refused values.
    case joined

    package init(_ version: QEMUVersion) {
        self = version < .chained ? .lines : version < .v11 ? .chained : .joined
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// A version with this form of messages.
    fileprivate var version: QEMUVersion {
        switch self {
        case .lines: QEMUVersion(10, 0)
        case .chained: .chained
        case .joined: .v11
        }
    }
}

/// The messages of QEMU's loader when it stops (migration/savevm.c, vmstate.c, vmstate-types.c, ram.c and
/// migration.c, 7.2 to 11.1), independent of the version's form.
package struct QEMULog: Equatable, Sendable {
    /// The strerror texts of the last line.
    package enum Failure: String, Sendable {
        case invalid = "Invalid argument"
        case inputOutput = "Input/output error"
        case noEntry = "No such file or directory"
        case notSupported = "Operation not supported"
        case notPermitted = "Operation not permitted"
        case noMemory = "Cannot allocate memory"
        case outOfRange = "Numerical result out of range"
        /// Only in postcopy: a package is shorter than its length says.
        case unavailable = "Resource temporarily unavailable"
        /// QEMU aborts: nothing follows the message.
        case aborted = ""

        /// The negative number that the functions return.
        package var number: Int {
            switch self {
            case .notPermitted: -1
            case .noEntry: -2
            case .inputOutput: -5
            case .unavailable: -11
            case .noMemory: -12
            case .invalid, .aborted: -22
            case .outOfRange: -34
            case .notSupported: -95
            }
        }
    }

    /// The context of a failure inside a section.
    package enum Wrapper: Equatable, Sendable {
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

        fileprivate var name: String {
            switch self {
            case .device(let name, _), .section(_, let name): name
            }
        }

        fileprivate var isDevice: Bool { if case .device = self { true } else { false } }
    }

    /// The reason why the innermost function fails.
    package enum Cause: Equatable, Sendable {
        /// The handler of the innermost field refuses the bytes.
        case field
        /// A handler of a live section, without a VMState; with its version.
        case handler(version: UInt32)
        /// A refused value or version: a line of its own up to 10.1, then part of the single line.
        case message(QEMUMessage)
        /// As `message`, and up to 10.2 reported by a field's handler.
        case value(QEMUMessage)
        /// The check after loading of a VMState, with its message from 10.2 on; `isInLines` says whether that
        /// message is also on a line of its own before 10.2.
        case hook(structure: String, version: UInt32, minimum: UInt32, text: String, isInLines: Bool)
        /// A validation in the list of fields.
        case validation(structure: String, field: String, version: UInt32)
        case unknownSubsection(name: String, parent: String)
        /// The stream ends inside a VMState.
        case end(structure: String)
        /// The footer with this section id is missing or wrong.
        case footer(id: UInt32)
        /// The stream ends at the place of a section type.
        case sectionEnd
        /// Only `lines`.
        case none
    }

    /// The lines that are printed before anything else.
    package var lines: [String]
    package var cause: Cause
    /// The enclosing fields, from the section inward.
    package var chain: [FieldStep]
    package var subsections: [SubsectionStep]
    package var wrapper: Wrapper?
    package var failure: Failure

    package init(
        _ lines: [String], cause: Cause = .none, chain: [FieldStep] = [], subsections: [SubsectionStep] = [],
        in wrapper: Wrapper? = nil, _ failure: Failure = .invalid
    ) {
        self.lines = lines
        self.cause = cause
        self.chain = chain
        self.subsections = subsections
        self.wrapper = wrapper
        self.failure = failure
    }

    /// Creates the log of a message that is part of the single line since 10.2.
    package init(
        _ kind: QEMUMessage.Kind, _ values: [String] = [], in wrapper: Wrapper? = nil,
        _ failure: Failure = .invalid
    ) {
        self.init([], cause: .message(QEMUMessage(kind, values)), in: wrapper, failure)
    }

    /// Creates the log of a live section's handler that has printed `lines` (migration/ram.c and others).
    package init(
        handler lines: [String], version: UInt32, in wrapper: Wrapper, _ failure: Failure = .invalid
    ) {
        self.init(lines, cause: .handler(version: version), in: wrapper, failure)
    }

    /// Returns all lines, as that QEMU prints them.
    package func text(_ wording: QEMUWording) -> String {
        (wording == .lines ? separateLines : joinedLines(wording)).joined(separator: "\n")
    }

    /// Returns the lines for the enclosing fields of a failure, given from the section inward.
    package static func fields(_ chain: [FieldStep]) -> [String] {
        chain.reversed().map { "Failed to load \($0.structure):\($0.field)" }
    }

    /// Returns `text` with the last line, unless it is empty.
    package static func completed(_ text: String) -> String {
        text.isEmpty || text.contains("load of migration failed")
            ? text : text + "\n" + lastLine + Failure.invalid.rawValue
    }

    private static let lastLine = "load of migration failed: "
}

// MARK: - Wordings

extension QEMULog {
    private var separateLines: [String] {
        guard failure != .aborted else { return lines }
        let last = Self.lastLine + failure.rawValue
        return lines + causeLines + Self.fields(chain) + (wrapper.map { [$0.line] } ?? []) + [last]
    }

    // Up to 10.1.
    private var causeLines: [String] {
        switch cause {
        case .message(let message), .value(let message): [message.text(in: QEMUWording.lines.version)]
        case .validation(let structure, let field, _):
            [QEMUMessage(.validation, [structure, field]).text(in: QEMUWording.lines.version)]
        case .hook(_, _, _, let text, let isInLines) where isInLines && !text.isEmpty: [text]
        case .footer, .field, .handler, .hook, .unknownSubsection, .end, .sectionEnd, .none: []
        }
    }

    private var hookLines: [String] {
        if case .hook(_, _, _, let text, true) = cause, !text.isEmpty { [text] } else { [] }
    }

    private func joinedLines(_ wording: QEMUWording) -> [String] {
        guard failure != .aborted else { return lines }
        var printed = lines + (wording == .chained ? hookLines : [])
        var text = self.text(of: wording, &printed)
        for depth in stride(from: chain.count, through: 0, by: -1) {
            for step in subsections.reversed() where step.depth == depth {
                let number = wording == .chained ? "\(failure.number): " : ""
                text = "Loading VM subsection '\(step.name)' in '\(step.parent)' failed: \(number)\(text)"
            }
            // Handlers that load their own VMState print its message.
            guard depth > 0, chain[depth - 1].isLoadedApart(wording), depth < chain.count || cause != .field
            else { continue }
            if !text.isEmpty { printed.append(text) }
            text = element(chain[depth - 1], wording)
        }
        var reason = failure
        if let wrapper, wrapper.isDevice {
            text = "\(wrapper.line): \(text)"
        }
        if wording == .joined, !isHandler { reason = reasonOfState }
        return printed + [Self.lastLine + reason.rawValue + (text.isEmpty ? "" : ": \(text)")]
    }

    private var isHandler: Bool { if case .handler = cause { true } else { false } }

    // From 11.0 on VMStates do not return the number.
    private var reasonOfState: Failure {
        switch cause {
        case .message, .none, .sectionEnd: chain.isEmpty && subsections.isEmpty ? failure : .invalid
        default: .invalid
        }
    }

    private func text(of wording: QEMUWording, _ printed: inout [String]) -> String {
        func spelled(_ kind: QEMUMessage.Kind, _ values: String...) -> String {
            QEMUMessage(kind, values).text(in: wording.version)
        }
        let number = String(failure.number)
        switch cause {
        case .field: return chain.last.map { element($0, wording) } ?? ""
        case .handler(let version): return spelled(.oldStyle, String(version), number)
        case .message(let message): return message.text(in: wording.version)
        case .value(let message):
            guard wording < .joined else { return message.text(in: wording.version) }
            printed.append(message.text(in: wording.version))
            return chain.last.map { element($0, wording) } ?? ""
        case .hook(let structure, let version, let minimum, let text, _):
            let whole = spelled(.postLoad, structure, String(version), String(minimum), number)
            guard !text.isEmpty, wording == .joined else { return whole }
            return whole.dropLast(", ret: \(number)".count) + ": \(text)"
        case .validation(let structure, let field, let version):
            return spelled(.validation, structure, field, String(version))
        case .unknownSubsection(let name, let parent): return spelled(.noSubsection, name, parent)
        case .end(let structure): return spelled(.streamError, structure, "-5")
        case .footer(let id): return spelled(.footerError, String(Int32(bitPattern: id)))
        case .sectionEnd: return "Failed to load section ID: stream error: -5: "
        case .none: return ""
        }
    }

    private func element(_ step: FieldStep, _ wording: QEMUWording) -> String {
        QEMUMessage(.elementFailed, [step.type, step.field, String(failure.number)]).text(in: wording.version)
    }
}

/// A field on the path to a failure: the names of vmstate and field in QEMU's source. Escaped.
///
/// Equality ignores the type.
package struct FieldStep: Hashable, Sendable {
    package var structure: String
    package var field: String
    package var type: String

    package init(structure: String, field: String, type: String) {
        self.structure = structure
        self.field = Self.spelled(field, type)
        self.type = type
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.field == right.field && left.structure == right.structure
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(structure)
        hasher.combine(field)
    }

    // hw/virtio/virtio.c, virtio-gpu.c: they load an inner VMState, and print its error.
    fileprivate func isLoadedApart(_ wording: QEMUWording) -> Bool {
        switch type {
        case "virtio", "virtio-gpu", "virtio/extra_state", "extra_state": true
        case "tmp", "QTAILQ", "qtailq", "gtree", "qlist": wording == .chained
        default: false
        }
    }

    // A description numbers fields with the same name, and QEMU's messages do not.
    private static func spelled(_ field: String, _ type: String) -> String {
        guard field.hasSuffix("]"), let bracket = field.lastIndex(of: "["),
            field[field.index(after: bracket)...].dropLast().allSatisfy(\.isNumber)
        else { return field }
        let stem = String(field[..<bracket])
        return numberedTypes.contains(type) || numberedNames.contains(stem) ? stem : field
    }

    private static let numberedTypes: Set<String> = ["pci config", "unused_buffer"]
    // Fields that QEMU declares more than once in a vmstate; for other fields, brackets are part of the name.
    private static let numberedNames: Set<String> = [
        "parent_obj", "cur_offset", "env.xmm_regs", "mac_reg", "csp_param", "unused",
    ]
}

/// A subsection on the path to a failure.
package struct SubsectionStep: Hashable, Sendable {
    package var name: String
    package var parent: String
    /// The number of fields of the chain around it.
    package var depth: Int

    package init(name: String, parent: String, depth: Int) {
        self.name = name
        self.parent = parent
        self.depth = depth
    }
}

/// Messages that more than one place predicts (migration/savevm.c and vmstate.c, 7.2 to 11.1).
extension QEMULog {
    // MARK: Head

    /// `found`: the first four bytes.
    package static func notAStream(_ found: UInt32) -> QEMULog {
        QEMULog(.notAStream, [Hex.digits(UInt64(found)), "5145564d"])
    }

    package static func unsupportedStream(version: UInt32) -> QEMULog {
        version == 2
            ? QEMULog(.obsoleteStream, [], .notSupported)
            : QEMULog(.unsupportedStream, [Hex.digits(UInt64(version)), "3"], .notSupported)
    }

    /// `found`: the byte at the place of the section type.
    package static func noConfiguration(_ found: UInt8) -> QEMULog {
        QEMULog(.configurationMissing, [Hex.digits(UInt64(found)), "7"])
    }

    package static func machine(_ received: String, local: String) -> QEMULog {
        configuration(QEMUMessage(.machine, [received, local]))
    }

    package static func pageBits(_ received: Int, local: Int) -> QEMULog {
        configuration(QEMUMessage(.pageBits, [String(received), String(local)]))
    }

    package static func capability(_ name: String, local: String, received: String) -> QEMULog {
        QEMULog(
            [QEMUMessage(.capability, [name, local, received]).text(in: .first)],
            cause: configurationHook("Failed to validate capabilities", inLines: false))
    }

    package static func uuid(_ received: String, local: String) -> QEMULog {
        let name = "configuration/uuid"
        return QEMULog(
            [QEMUMessage(.uuid, [received, local]).text(in: .first)],
            cause: .hook(structure: name, version: 1, minimum: 1, text: "", isInLines: false),
            subsections: [SubsectionStep(name: name, parent: "configuration", depth: 0)])
    }

    private static func configuration(_ message: QEMUMessage) -> QEMULog {
        QEMULog([], cause: configurationHook(message.text(in: .first), inLines: true))
    }

    private static func configurationHook(_ text: String, inLines: Bool) -> Cause {
        .hook(structure: "configuration", version: 1, minimum: 0, text: text, isInLines: inLines)
    }

    // MARK: Sections

    /// The stream ends at the place of a section type.
    package static var streamEnd: QEMULog { QEMULog([], cause: .sectionEnd, .inputOutput) }

    package static func unknownType(_ byte: UInt8) -> QEMULog { QEMULog(.unknownSectionType, [String(byte)]) }

    package static func unknownSection(_ name: String, _ instance: UInt32) -> QEMULog {
        QEMULog(.unknownSection, [name, String(instance)])
    }

    package static func unopened(id: UInt32) -> QEMULog {
        QEMULog(.unknownSectionID, [String(Int32(bitPattern: id))])
    }

    package static func unsupportedVersion(_ version: UInt32, of name: String, local: UInt32) -> QEMULog {
        QEMULog(.sectionVersion, [String(Int32(bitPattern: version)), name, String(local)])
    }

    /// The stream ends inside the name of a section.
    package static func noName(id: UInt32) -> QEMULog { QEMULog(.idstrCut, [String(id)]) }

    /// The stream ends after the name of a section.
    package static var noVersion: QEMULog { QEMULog(.instanceCut, ["-5"], .inputOutput) }

    /// The stream ends inside the id of a section.
    package static var noSectionID: QEMULog { QEMULog(.sectionIDCut, ["-5"], .inputOutput) }

    package static func missingFooter(_ name: String, id: UInt32) -> QEMULog {
        footer(QEMUMessage(.footerMissing, [name]), id: id)
    }

    package static func footerCut(id: UInt32) -> QEMULog { footer(QEMUMessage(.footerCut, ["-5"]), id: id) }

    package static func wrongFooter(_ name: String, read: UInt32, expected: UInt32) -> QEMULog {
        footer(
            QEMUMessage(.footerID, [name, Hex.digits(UInt64(read)), Hex.digits(UInt64(expected))]),
            id: expected)
    }

    private static func footer(_ message: QEMUMessage, id: UInt32) -> QEMULog {
        QEMULog([message.text(in: .first)], cause: .footer(id: id))
    }

    // MARK: VMStates

    package static func tooNew(_ name: String, _ version: UInt32, local: UInt32) -> Cause {
        .message(QEMUMessage(.tooNew, [name, String(Int32(bitPattern: version)), String(local)]))
    }

    package static func tooOld(_ name: String, _ version: UInt32, minimum: UInt32) -> Cause {
        .message(QEMUMessage(.tooOld, [name, String(Int32(bitPattern: version)), String(minimum)]))
    }
}

extension QEMUMessage {
    /// Returns the message for a field that must be equal and is not (migration/vmstate-types.c).
    package static func unequal(_ local: UInt64, _ received: UInt64) -> QEMUMessage {
        QEMUMessage(.equal, [Hex.digits(local), Hex.digits(received)])
    }

    package static func above(_ received: Int64, limit: Int64) -> QEMUMessage {
        QEMUMessage(.limited, [String(received), String(limit)])
    }
}
