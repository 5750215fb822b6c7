extension Catalogue {
    /// Fields and subsections.
    package static let structures: [CatalogueEntry] = [
        Entry(
            .subsectionVersion, "%s: incoming version_id %d is too new for local version_id %d",
            "%1 has version %2, but the destination reads up to version %3",
            try:
                "the source is newer: use an older machine type on the source, or the source's QEMU on the destination",
            at: .structure(0)),
        Entry(
            .sectionVersion,
            [
                "%s: incoming version_id %d is too old for local minimum version_id  %d",
                "%s: incoming version_id %d is too old for local minimum version_id %d",
            ],
            "%1 has version %2, but the destination reads version %3 and later",
            try:
                "the source is older than the destination can read: load it with a QEMU of the source's version (or one that reads %2 and writes %3, and save again), or shut the guest down and start it there",
            at: .structure(0)),
        Entry(
            .sectionVersion, ["%s too new", "%s too old"],
            "a list inside the section has a different version", try: "use QEMUs of the same version"),
        Entry(
            .valueRange,
            ["Input validation failed: %s/%s version_id: %d", "Input validation failed: %s/%s"],
            "a check of %1 (%2) refuses the loaded values",
            try:
                "give the device the same properties on both sides (numbers of timers, queues, regions), and the same machine type",
            at: .structure(0)),
        Entry(
            .fieldLE, "Invalid value %d expecting positive value <= %d",
            "the stream has %1, the destination allows at most %2", try: "use the same device properties",
            at: .limitedField(0)),
        Entry(
            .pciConfig,
            [
                "get_pci_config_device: Bad config data: i=0x%x read: %x device: %x cmask: %x wmask: %x w1cmask:%x",
                "Bad config data: i=0x%x read: %x device: %x cmask: %x wmask: %x w1cmask:%x",
            ],
            "byte 0x%1 of the PCI configuration is 0x%2, the destination's 0x%3",
            try: "use the same device, machine type and properties", at: .configuration(0, 1)),
        Entry(
            .sectionFormat, ["get_nullptr expected VMS_NULLPTR_MARKER", "Unexpected ptr marker: %d"],
            "an array has an element on one side that the other does not have: the numbers of queues, ports or devices differ, or the stream is damaged here",
            try: "give the device the same number of queues, ports and namespaces"),
        Entry(
            .fieldEqual, ["%x != %x"], "the destination has 0x%1, the stream 0x%2; both must be equal",
            try: "use the same device properties", at: .equalField(1)),
        Entry(
            .subsectionUnknown, "VM subsection '%s' in '%s' does not exist",
            "the destination does not know the subsection %1 of %2",
            try:
                "the source is newer, or has a property enabled that the destination lacks: use the older side's machine type, and the same properties",
            at: .structure(0)),
        Entry(
            .sectionFormat,
            [
                "%s : failed to load %s (%d)", "%s: failed to load %s (%d)",
                "%s inconsistent stream when loading the gtree",
            ],
            "a list in %1 does not end where expected",
            try: "use QEMUs of the same version; the stream may be damaged here"),
        Entry(
            .destinationAborts,
            [
                "Assertion `first_elem || !n_elems || !size' failed",
                "vmstate_load_state: Assertion `%s' failed", "vmstate_load_vmsd: Assertion `%s' failed",
            ],
            "the destination's QEMU aborts: the stream fills an array that the destination's device does not have",
            try:
                "give the destination's device the same parts (codecs, ports, CPU features), and use the same -icount, QEMU version and CPU model"
        ),
        Entry(
            .sourceSave,
            [
                "vmstate_save_state_v: Assertion `first_elem || !n_elems || !size' failed",
                "vmstate_save_vmsd_v: Assertion `first_elem || !n_elems || !size' failed",
                "vmstate_save_state_v: Assertion `%s' failed", "vmstate_save_vmsd_v: Assertion `%s' failed",
            ],
            "the source's QEMU aborts while it saves: the vmstate of a device does not fit the device",
            try:
                "it is a bug of QEMU: update it (Arm M-profile machines: 7.0), remove the device, or use a different machine or CPU model",
            by: .source),
        Entry(
            .destinationAborts,
            [
                "kvm_put_msrs: Assertion `%s' failed", "kvm_buf_set_msrs: Assertion `%s' failed",
                "Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed", "Assertion `ret == n' failed",
                "Assertion `ret == 1' failed",
            ],
            "the destination's QEMU aborts: KVM refuses an MSR of the guest's CPU",
            try:
                "the previous line names the MSR; use a smaller CPU model, or a host with the same CPU, microcode and kernel",
            at: .sectionNamed("cpu")),
        Entry(
            .destinationAborts,
            [
                "Assertion `%s' failed", "Assertion `%s` failed", "assertion failed: (%s)",
                "ERROR:%s:%d:%s: assertion failed", "Assertion failed: (%s), function %s, file %s, line %d",
                "Assertion failed: %s, file %s, line %d", "code should not be reached",
            ],
            "QEMU aborts because of an internal check: %1",
            try: "use the same configuration on both sides; then update QEMU", as: .cause, by: .any),
        Entry(
            .destinationAborts,
            common: [
                "Segmentation fault (core dumped)", "Program received signal SIGSEGV",
                "Program received signal SIGABRT", "received signal SIGSEGV, Segmentation fault",
                "terminated with signal SIGSEGV", "terminated with signal SIGABRT", "Aborted (core dumped)",
                "killed by SIGSEGV", "line %d: %d Segmentation fault", "line %d: %d Aborted",
                "killed by SIGABRT",
                "segfault at %x ip %x sp %x error %d in qemu", "segfault at %x ip %x sp %x error %d in",
            ],
            "QEMU crashed",
            try:
                "it is a bug of QEMU: update it; the first functions of the backtrace name the device or disk (coredumpctl info, gdb): migrate without it, or with the guest shut down",
            as: .symptom, by: .any),
    ]
}
