import Bytes

/// Messages that more than one place foretells (migration/savevm.c and vmstate.c, 7.2 to 11.1).
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

    /// `found`: the byte in place of the section's type.
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

    /// The stream ends where a section's type should be.
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
    /// What a field that must be equal says, where they differ (migration/vmstate-types.c).
    package static func unequal(_ local: UInt64, _ received: UInt64) -> QEMUMessage {
        QEMUMessage(.equal, [Hex.digits(local), Hex.digits(received)])
    }

    package static func above(_ received: Int64, limit: Int64) -> QEMUMessage {
        QEMUMessage(.limited, [String(received), String(limit)])
    }
}
