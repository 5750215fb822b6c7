extension Catalogue {
    /// The context of a cause: who reports it, in which section, at which field.
    package static let wrappers: [CatalogueEntry] = [
        Entry(around: .lastLine, ["load of migration failed: ", "load of migration failed"]),
        Entry(
            around: .snapshot,
            [
                "Error %d while loading VM state", "Error -%d while loading VM state",
                "error %d while loading vm state", "error -%d while loading vm state",
            ]),
        Entry(around: .device, ["error while loading state for instance 0x%x of device '%s'"]),
        Entry(
            around: .section,
            [
                "error while loading state section id %d(%s)", "error while loading section id %d(%s)",
            ]),
        Entry(around: .field, ["Failed to load %s:%s"]),
        Entry(
            around: .element,
            ["Failed to load element of type %s for %s: %d", "Failed to load element of type %s for %s"]),
        Entry(
            around: .subsection,
            [
                "Loading VM subsection '%s' in '%s' failed: %d:",
                "Loading VM subsection '%s' in '%s' failed:",
            ]),
        Entry(
            around: .hook,
            [
                "post load hook failed for: %s, version_id: %d, minimum_version: %d, ret: %d",
                "post load hook failed for: %s, version_id: %d, minimum_version: %d:",
            ]),
        Entry(
            around: .beforeHook,
            [
                "pre load hook failed for: '%s', version_id: %d, minimum version_id: %d, ret: %d",
                "pre load hook failed for: '%s', version_id: %d, minimum version_id: %d:",
            ]),
        Entry(around: .footer, ["Section footer error, section_id: %d"]),
        Entry(around: .oldStyle, ["Failed to load vmstate version_id: %d, ret: %d"]),
        Entry(
            around: .stream,
            [
                "Failed to load %s state: stream error: %d", "Failed to load section ID: stream error: %d:",
                "Failed to load VM process command: stream error: %d",
                "Error while loading vmstate: stream error: %d",
                "Error while loading vmstate",
            ]),
        // virDomainShutoffReason (libvirt 11.3, src/conf/domain_conf.c)
        Entry(
            around: .ended,
            ["shutdown", "destroyed", "migrated", "saved", "from snapshot"].map {
                "shutting down, reason=\($0)"
            }),
    ]
}
