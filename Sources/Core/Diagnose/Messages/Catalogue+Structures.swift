extension Catalogue {
    /// Fields and subsections.
    package static let structures: [CatalogueEntry] = [
        Entry(
            "subsection-version", "%s: incoming version_id %d is too new for local version_id %d",
            "%1 has version %2, the target reads up to %3",
            try: "use an older machine type at the source", at: .structure(0)),
        Entry(
            "section-version", "%s: incoming version_id %d is too old for local minimum version_id  %d",
            "%1 has version %2, the target reads %3 and later",
            try: "load it with a QEMU between the two and save again", at: .structure(0)),
        Entry(
            "value-range", "Input validation failed: %s/%s", "a check of %1 (%2) refuses the loaded values",
            at: .structure(0)),
        Entry(
            "field-le", "Invalid value %d expecting positive value <= %d",
            "the stream has %1, the target at most %2", try: "a property of the device differs",
            at: .limitedField(0)),
        Entry(
            "pci-config",
            "get_pci_config_device: Bad config data: i=0x%x read: %x device: %x cmask: %x wmask: %x w1cmask:%x",
            "byte 0x%1 of the PCI configuration is 0x%2, the target's 0x%3",
            try: "the same device, machine type and properties", at: .configuration(0, 1)),
        Entry(
            "section-format", "get_nullptr expected VMS_NULLPTR_MARKER",
            "a pointer that the target does not have is in the stream: another set of devices, or damage",
            try: "the same devices at the target"),
        Entry(
            "field-equal", "%x != %x", "the target has 0x%1, the stream 0x%2; both must be equal",
            try: "a property of the device differs", at: .equalField(1)),
    ]
}
