extension Catalogue {
    /// Frames of sections.
    package static let sections: [CatalogueEntry] = [
        Entry(
            "section-type", "Unknown savevm section type %d",
            "%1 is no section type: the reader lost its place, so the section before has another length than its reader thinks",
            try: "look at the section before that place"),
        Entry(
            "section-unknown", "Unknown savevm section or instance '%s' %u",
            "the target has no section %1 #%2",
            try: "give the target the same devices, at the same addresses", at: .section(name: 0, instance: 1)
        ),
        Entry(
            "section-unopened", "Unknown savevm section %d", "no START section has the id %1",
            at: .sectionID(0)),
        Entry(
            "section-version", "savevm: unsupported version %d for '%s' v%d",
            "section %2 has version %1, the target reads up to %3",
            try: "use an older machine type at the source, or a newer QEMU at the target",
            at: .section(name: 1, instance: nil)),
        Entry(
            "footer-missing", "Missing section footer for %s",
            "the target's %1 has read more or fewer bytes than the stream has",
            try: "compare with a stream of the target: check --like", at: .footer(0)),
        Entry(
            "footer-id", "Mismatched section id in footer for %s - read 0x%x expected 0x%x",
            "the footer of %1 has id 0x%2, its header 0x%3", at: .footer(0)),
        Entry(
            "section-cut", "Read section footer failed: %d", "the stream ends before a footer",
            try: "copy the file again", at: .end),
        Entry(
            "section-cut", "Unable to read ID string for section %u",
            "the stream ends inside a section's header", try: "copy the file again", at: .end),
        Entry(
            "section-cut", "Failed to read section ID: %d", "the stream ends inside a section's header",
            try: "copy the file again", at: .end),
        Entry(
            "section-cut", "Failed to read instance/version ID: %d",
            "the stream ends inside a section's header", try: "copy the file again", at: .end),
    ]
}
