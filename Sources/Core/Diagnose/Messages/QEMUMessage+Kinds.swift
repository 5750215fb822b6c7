extension QEMUMessage.Kind {
    private typealias Wording = QEMUMessage.Wording

    /// The messages of the loader itself; those of devices are in the catalogue.
    package static let all: [QEMUMessage.Kind] =
        [
            notAStream, obsoleteStream, unsupportedStream, configurationMissing, machine, pageBits,
            capability,
            unknownCapability, uuid,
        ] + [
            unknownSection, unknownSectionID, unknownSectionType, sectionVersion, idstrCut, instanceCut,
            sectionIDCut, footerCut, footerMissing, footerID, footerError,
        ] + [
            tooNew, tooOld, validation, elementFailed, streamError, noSubsection, pointerMarker, nullMarker,
            equal, limited, preLoad, postLoad, oldStyle,
        ] + [
            ramBlock, ramSize, ramSizeOld, ramFlags, unknownCommand, commandLength, ping, adviseLength,
            wrongState,
        ]

    // MARK: Header and configuration (migration/savevm.c)

    package static let notAStream = QEMUMessage.Kind(
        "not-a-stream", "Not a migration stream", since: .chained, "Not a migration stream, magic: %x != %x")
    package static let obsoleteStream = QEMUMessage.Kind(
        "obsolete-stream", "SaveVM v2 format is obsolete and don't work anymore", since: .chained,
        "SaveVM v2 format is obsolete and no longer supported")
    package static let unsupportedStream = QEMUMessage.Kind(
        "unsupported-stream", "Unsupported migration stream version", since: .chained,
        "Unsupported migration stream version, file version %x != %x")
    package static let configurationMissing = QEMUMessage.Kind(
        "configuration-missing", "Configuration section missing", since: .chained,
        "Configuration section missing, %x != %x")
    package static let machine = QEMUMessage.Kind(
        "machine", "Machine type received is '%s' and local is '%s'", since: .v11,
        "Machine type received is '%s' and local is '%s'")
    package static let pageBits = QEMUMessage.Kind(
        "page-bits", "Received TARGET_PAGE_BITS is %d but local is %d", since: .v11,
        "Received TARGET_PAGE_BITS is %d but local is %d")
    package static let capability = QEMUMessage.Kind(
        "capability", "Capability %s is %s, but received capability is %s")
    package static let unknownCapability = QEMUMessage.Kind(
        "unknown-capability", "Received unknown capability %s", since: .v11, "Received unknown capability %s")
    package static let uuid = QEMUMessage.Kind("uuid", "UUID received is %s and local is %s")

    // MARK: Sections

    package static let unknownSection = QEMUMessage.Kind(
        "unknown-section",
        "Unknown savevm section or instance '%s' %u. Make sure that your current VM setup matches your saved VM setup, including any hotplugged devices",
        since: .chained,
        "Unknown section or instance '%s' %u. Make sure that your current VM setup matches your saved VM setup, including any hotplugged devices"
    )
    package static let unknownSectionID = QEMUMessage.Kind(
        "unknown-section-id", "Unknown savevm section %d", since: .chained, "Unknown section %d")
    package static let unknownSectionType = QEMUMessage.Kind(
        "unknown-section-type", "Unknown savevm section type %d", since: .chained, "Unknown section type %d")
    package static let sectionVersion = QEMUMessage.Kind(
        "section-version", "savevm: unsupported version %d for '%s' v%d", since: .chained,
        "unsupported version %d for '%s' v%d")
    package static let idstrCut = QEMUMessage.Kind(
        "idstr-cut", "Unable to read ID string for section %u", since: .chained,
        "Unable to read ID string for section %u")
    package static let instanceCut = QEMUMessage.Kind(
        "instance-cut", "qemu_loadvm_section_start_full: Failed to read instance/version ID: %d",
        since: .chained, "Failed to read instance/version ID: %d")
    package static let sectionIDCut = QEMUMessage.Kind(
        "section-id-cut", "qemu_loadvm_section_part_end: Failed to read section ID: %d", since: .chained,
        "Failed to read section ID: %d")
    package static let footerCut = QEMUMessage.Kind(
        "footer-cut", "check_section_footer: Read section footer failed: %d")
    package static let footerMissing = QEMUMessage.Kind("footer-missing", "Missing section footer for %s")
    package static let footerID = QEMUMessage.Kind(
        "footer-id", "Mismatched section id in footer for %s - read 0x%x expected 0x%x")
    /// The message that 10.2 and later add to the three before it.
    package static let footerError = QEMUMessage.Kind(
        "footer-error",
        [Wording(since: .chained, format: "Section footer error, section_id: %d", isOwnLine: false)])

    // MARK: Vmstates and fields (migration/vmstate.c, vmstate-types.c)

    package static let tooNew = QEMUMessage.Kind(
        "too-new", "%s: incoming version_id %d is too new for local version_id %d", since: .chained,
        "%s: incoming version_id %d is too new for local version_id %d")
    package static let tooOld = QEMUMessage.Kind(
        "too-old", "%s: incoming version_id %d is too old for local minimum version_id  %d", since: .chained,
        "%s: incoming version_id %d is too old for local minimum version_id %d")
    package static let validation = QEMUMessage.Kind(
        "validation", "Input validation failed: %s/%s", since: .chained,
        "Input validation failed: %s/%s version_id: %d")
    /// `STRUCT:FIELD` of older versions contains only the field's name; values: type, field, result.
    package static let elementFailed = QEMUMessage.Kind(
        "element-failed",
        [
            Wording(
                since: .chained, format: "Failed to load element of type %s for %s: %d", isOwnLine: false),
            Wording(since: .v11, format: "Failed to load element of type %s for %s", isOwnLine: false),
        ])
    package static let streamError = QEMUMessage.Kind(
        "stream-error",
        [Wording(since: .chained, format: "Failed to load %s state: stream error: %d", isOwnLine: false)])
    package static let noSubsection = QEMUMessage.Kind(
        "no-subsection",
        [Wording(since: .chained, format: "VM subsection '%s' in '%s' does not exist", isOwnLine: false)])
    package static let pointerMarker = QEMUMessage.Kind(
        "pointer-marker", [Wording(since: .v11, format: "Unexpected ptr marker: %d", isOwnLine: false)])
    package static let nullMarker = QEMUMessage.Kind(
        "null-marker", "vmstate: get_nullptr expected VMS_NULLPTR_MARKER")
    package static let equal = QEMUMessage.Kind("equal", "%x != %x", since: .v11, "%x != %x")
    package static let limited = QEMUMessage.Kind(
        "limited", "Invalid value %d expecting positive value <= %d", since: .v11,
        "Invalid value %d expecting positive value <= %d")
    /// Values: vmstate, version, minimum, result.
    package static let preLoad = QEMUMessage.Kind(
        "pre-load",
        [
            Wording(
                since: .chained,
                format: "pre load hook failed for: '%s', version_id: %d, minimum version_id: %d, ret: %d",
                isOwnLine: false)
        ])
    package static let postLoad = QEMUMessage.Kind(
        "post-load",
        [
            Wording(
                since: .chained,
                format: "post load hook failed for: %s, version_id: %d, minimum_version: %d, ret: %d",
                isOwnLine: false)
        ])
    /// A section without a vmstate, such as ram.
    package static let oldStyle = QEMUMessage.Kind(
        "old-style",
        [Wording(since: .chained, format: "Failed to load vmstate version_id: %d, ret: %d", isOwnLine: false)]
    )

    // MARK: RAM and commands

    package static let ramBlock = QEMUMessage.Kind(
        "ram-block", "Unknown ramblock \"%s\", cannot accept migration")
    package static let ramSize = QEMUMessage.Kind("ram-size", "Size mismatch: %s: 0x%x != 0x%x")
    package static let ramSizeOld = QEMUMessage.Kind("ram-size-old", "Length mismatch: %s: 0x%x in != 0x%x")
    package static let ramFlags = QEMUMessage.Kind(
        "ram-flags", "Unknown combination of migration flags: 0x%x")
    package static let unknownCommand = QEMUMessage.Kind(
        "unknown-command", "MIG_CMD 0x%x unknown (len 0x%x)", since: .chained,
        "MIG_CMD 0x%x unknown (len 0x%x)")
    package static let commandLength = QEMUMessage.Kind(
        "command-length", "%s received with bad length - expecting %u, got %d", since: .chained,
        "%s received with bad length - expecting %u, got %d")
    package static let ping = QEMUMessage.Kind(
        "ping", "CMD_PING (0x%x) received with no return path", since: .chained,
        "CMD_PING (0x%x) received with no return path")
    package static let adviseLength = QEMUMessage.Kind(
        "advise-length", "CMD_POSTCOPY_ADVISE invalid length (%d)", since: .chained,
        "CMD_POSTCOPY_ADVISE invalid length (%d)")
    package static let wrongState = QEMUMessage.Kind(
        "wrong-state", "CMD_%s in wrong postcopy state (%d)", since: .chained,
        "CMD_%s in wrong postcopy state (%d)")
}
