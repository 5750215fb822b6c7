/// Messages that more than one place foretells (migration/savevm.c and vmstate.c, 7.2 to 11.1), each spelled once.
extension QEMULog {
    // MARK: Head

    /// `found`: the first four bytes.
    package static func notAStream(_ found: UInt32) -> QEMULog {
        QEMULog(
            message: "Not a migration stream",
            since: "Not a migration stream, magic: \(Hex.digits(UInt64(found))) != 5145564d")
    }

    package static func unsupportedStream(version: UInt32) -> QEMULog {
        guard version != 2 else {
            return QEMULog(
                message: "SaveVM v2 format is obsolete and don't work anymore",
                since: "SaveVM v2 format is obsolete and no longer supported", .notSupported)
        }
        return QEMULog(
            message: "Unsupported migration stream version",
            since: "Unsupported migration stream version, file version \(Hex.digits(UInt64(version))) != 3",
            .notSupported)
    }

    /// `found`: the byte in place of the section's type.
    package static func noConfiguration(_ found: UInt8) -> QEMULog {
        QEMULog(
            message: "Configuration section missing",
            since: "Configuration section missing, \(Hex.digits(UInt64(found))) != 7")
    }

    package static func machine(_ received: String, local: String) -> QEMULog {
        configuration("Machine type received is '\(received)' and local is '\(local)'")
    }

    package static func pageBits(_ received: Int, local: Int) -> QEMULog {
        configuration("Received TARGET_PAGE_BITS is \(received) but local is \(local)")
    }

    /// Of each capability that differs.
    package static func capabilities(_ lines: [String]) -> QEMULog {
        QEMULog(lines, cause: configurationHook("Failed to validate capabilities", inLines: false))
    }

    package static func uuid(_ received: String, local: String) -> QEMULog {
        let name = "configuration/uuid"
        return QEMULog(
            ["UUID received is \(received) and local is \(local)"],
            cause: .hook(structure: name, version: 1, minimum: 1, text: "", isInLines: false),
            subsections: [SubsectionStep(name: name, parent: "configuration", depth: 0)])
    }

    private static func configuration(_ text: String) -> QEMULog {
        QEMULog([], cause: configurationHook(text, inLines: true))
    }

    private static func configurationHook(_ text: String, inLines: Bool) -> Cause {
        .hook(structure: "configuration", version: 1, minimum: 0, text: text, isInLines: inLines)
    }

    // MARK: Sections

    /// The stream ends where a section's type should be.
    package static var streamEnd: QEMULog { QEMULog([], cause: .sectionEnd, .inputOutput) }

    package static func unknownType(_ byte: UInt8) -> QEMULog {
        QEMULog(message: "Unknown savevm section type \(byte)", since: "Unknown section type \(byte)")
    }

    package static func unknownSection(_ name: String, _ instance: UInt32) -> QEMULog {
        let rest =
            "section or instance '\(name)' \(instance). Make sure that your current VM setup "
            + "matches your saved VM setup, including any hotplugged devices"
        return QEMULog(message: "Unknown savevm \(rest)", since: "Unknown \(rest)")
    }

    package static func unopened(id: UInt32) -> QEMULog {
        let number = Int32(bitPattern: id)
        return QEMULog(message: "Unknown savevm section \(number)", since: "Unknown section \(number)")
    }

    package static func unsupportedVersion(_ version: UInt32, of name: String, local: UInt32) -> QEMULog {
        let text = "unsupported version \(Int32(bitPattern: version)) for '\(name)' v\(local)"
        return QEMULog(message: "savevm: \(text)", since: text)
    }

    /// The stream ends inside the name of a section.
    package static func noName(id: UInt32) -> QEMULog {
        QEMULog(message: "Unable to read ID string for section \(id)")
    }

    /// The stream ends behind the name of a section.
    package static var noVersion: QEMULog {
        let text = "Failed to read instance/version ID: -5"
        return QEMULog(message: "qemu_loadvm_section_start_full: \(text)", since: text, .inputOutput)
    }

    /// The stream ends inside the id of a section.
    package static var noSectionID: QEMULog {
        let text = "Failed to read section ID: -5"
        return QEMULog(message: "qemu_loadvm_section_part_end: \(text)", since: text, .inputOutput)
    }

    package static func missingFooter(_ name: String, id: UInt32) -> QEMULog {
        QEMULog(["Missing section footer for \(name)"], cause: .footer(id: id))
    }

    package static func footerCut(id: UInt32) -> QEMULog {
        QEMULog(["check_section_footer: Read section footer failed: -5"], cause: .footer(id: id))
    }

    package static func wrongFooter(_ name: String, read: UInt32, expected: UInt32) -> QEMULog {
        let words = "read 0x\(Hex.digits(UInt64(read))) expected 0x\(Hex.digits(UInt64(expected)))"
        return QEMULog(
            ["Mismatched section id in footer for \(name) - \(words)"], cause: .footer(id: expected))
    }

    // MARK: VMStates

    package static func tooNew(_ name: String, _ version: UInt32, local: UInt32) -> Cause {
        let text = "\(name): incoming version_id \(Int32(bitPattern: version)) is too new for local version_id \(local)"
        return .message(text, since: text)
    }

    package static func tooOld(_ name: String, _ version: UInt32, minimum: UInt32) -> Cause {
        let text = "\(name): incoming version_id \(Int32(bitPattern: version)) is too old for local minimum version_id "
        return .message("\(text) \(minimum)", since: "\(text)\(minimum)")
    }
}
