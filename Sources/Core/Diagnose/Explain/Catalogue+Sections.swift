extension Catalogue {
    /// Frames of sections.
    package static let sections: [CatalogueEntry] = [
        Entry(
            .sectionType, ["Unknown savevm section type %d", "Unknown section type %d"],
            "%1 is not a section type: the reader lost its place, so the previous section has a different length than its reader expects",
            try: "look at the section before that place: its device differs, or the file is damaged"),
        Entry(
            .sectionUnknown,
            [
                "Unknown savevm section or instance '%s' %u", "Unknown section or instance '%s' %u",
            ],
            "the destination has no section %1 #%2",
            try: "give the destination the same devices, at the same addresses",
            at: .section(name: 0, instance: 1)
        ),
        Entry(
            .sectionUnknown,
            ["Unknown savevm section or instance %s", "unknown savevm section or instance"],
            "the destination has no such section: %1",
            try: "give the destination the same devices, at the same addresses"),
        Entry(
            .sectionUnopened, ["Unknown savevm section %d", "Unknown section %d"],
            "no START section has the id %1",
            try: "copy the stream again: it lacks its beginning, or is damaged", at: .sectionID(0)),
        Entry(
            .sectionVersion,
            ["savevm: unsupported version %d for '%s' v%d", "unsupported version %d for '%s' v%d"],
            "section %2 has version %1, but the destination reads up to version %3",
            try: "use an older machine type on the source, or a newer QEMU on the destination",
            at: .section(name: 1, instance: nil)),
        Entry(
            .footerMissing, "Missing section footer for %s",
            "the destination's %1 has read more or fewer bytes than the stream has: its properties differ",
            try: "compare with a stream of the destination: check --like", at: .footer(0)),
        Entry(
            .footerID, "Mismatched section id in footer for %s - read 0x%x expected 0x%x",
            "the footer of %1 has id 0x%2, its header 0x%3", try: "the stream is damaged here: copy it again",
            at: .footer(0)),
        Entry(
            .sectionCut, "Read section footer failed: %d", "the stream ends before a footer",
            try: "the source or the network stopped: look at the source's log; copy a file again",
            at: .end),
        Entry(
            .sectionCut,
            [
                "Unable to read ID string for section %u", "Failed to read section ID: %d",
                "Failed to read instance/version ID: %d",
            ],
            "the stream ends inside a section's header",
            try: "the source or the network stopped: look at the source's log; copy a file again",
            at: .end),
        Entry(
            .xen,
            [
                "loadvm: %s RAM loading not allowed on Xen", "loading Xen device state failed",
                "saving Xen device state failed",
            ],
            "Xen loads and saves RAM itself: the stream has RAM, which it should not have, or its devices are refused",
            try: "look at the lines before it, and at xl's log"),
    ]
}
