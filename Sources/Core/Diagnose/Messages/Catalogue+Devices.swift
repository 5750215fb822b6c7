import Bytes

extension Catalogue {
    /// Devices and their back-ends.
    package static let devices: [CatalogueEntry] = [
        Entry(
            "cpu-guest-mode", "vCPU set in guest-mode inconsistent with migrated kernel nested state",
            "hflags say that a nested guest runs, and there is no nested state: often bytes are missing before hflags",
            at: .sectionNamed("cpu")),
        Entry(
            "cpu-float-format", "Unsupported old non-softfloat CPU state",
            "FPU registers of a format before 0.15, or damage", at: .sectionNamed("cpu")),
        Entry(
            "cpu", "Mismatch between user-specified TSC frequency and migrated TSC frequency",
            "tsc-frequency= differs", at: .sectionNamed("cpu")),
        Entry(
            "cpu", "Received unsupported nested state size", "nested state of another kernel",
            at: .sectionNamed("cpu")),
        Entry(
            "cpu", "Received nested state size less than min", "nested state is cut, or of another kernel",
            at: .sectionNamed("cpu")),
        Entry(
            "cpu", "Received nested state when kernel cannot restore it",
            "the target's KVM has no nested virtualization", try: "load kvm with nested=1",
            at: .sectionNamed("cpu")),
        Entry(
            "cpu", "Received invalid nested state format: %d", "nested state of another CPU vendor",
            at: .sectionNamed("cpu")),
        Entry(
            "cpu", "error: failed to set MSR 0x%x to 0x%x", "the target's CPU or KVM lacks MSR 0x%1",
            try: "use a smaller CPU model", at: .sectionNamed("cpu")),
        Entry(
            "cpu", "Putting registers after init: Failed to set %s", "KVM refuses %1",
            try: "use a smaller CPU model", at: .sectionNamed("cpu")),
        Entry(
            "cpu", "host doesn't support requested feature: %s", "the target's CPU lacks %1",
            try: "use a CPU model that both hosts have"),
        Entry("value-range", "invalid SCSI request migration data", "a SCSI request is out of range"),
        Entry(
            "value-range", "inconsistent state in serial device",
            "counts of the serial port are out of range", at: .sectionNamed("serial")),
        Entry(
            "virtio-mem", "Property '%s' changed from 0x%x to 0x%x", "virtio-mem's %1 differs",
            try: "set %1 alike"),
        Entry(
            "virtio-mem", "Property '%s' size changed from 0x%x to 0x%x",
            "the memory of virtio-mem has another size",
            try: "give it a memory backend of the same size"),
        Entry(
            "virtio-mem", "Property '%s' changed from %d to %d", "virtio-mem's %1 differs",
            try: "set %1 alike"),
        Entry(
            "value-range", "AHCI: DMA engine should be off, but status bit indicates it is still running",
            "a port's CMD says that its list engine runs and is off"),
        Entry(
            "value-range", "AHCI: FIS RX engine should be off, but status bit indicates it is still running",
            "a port's CMD says that it receives and is off"),
        Entry(
            "value-range", "AHCI: Failed to start %s: bad %s address",
            "the address of a port's %2 is no memory of the target", try: "give the target the same memory"),
        Entry(
            "value-range", "Cannot migrate while device properties (%s) differ",
            "%1 of the device is not the target's", try: "set %1 alike"),
        Entry(
            "value-range", "hardware error: Bad interrupt index: %d",
            "an interrupt of vmxnet3 is out of range"),
        Entry(
            "value-range", "Slirp: invalid ss_family type %d",
            "a socket of -netdev user is of no known family",
            at: .sectionNamed("slirp")),
        Entry(
            "spapr-cap", "cap-%s higher level (%d) in incoming stream than on destination (%d)",
            "cap-%1 is %2 in the stream, %3 at the target", try: "start the target with -machine cap-%1=%2"),
        Entry(
            "htab", "htab_load() bad ", "the hash table does not fit the target's",
            try: "give the target the same memory size", at: .sectionNamed("spapr/htab")),
        Entry(
            "block", "Unknown block migration flags: 0x%x", "the section block is damaged",
            at: .sectionNamed("block")),
        Entry(
            "block", "Error unknown block device %s", "the target has no drive %1",
            try: "use the same drive names", at: .sectionNamed("block")),
        Entry(
            "dirty-bitmap", "Error: Unknown node alias '%s'", "the target has no block node %1",
            try: "use the same node names or aliases", at: .sectionNamed("dirty-bitmap")),
        Entry(
            "dirty-bitmap", "Error: unknown dirty bitmap '%s' for block device '%s'", "%2 has no bitmap %1",
            at: .sectionNamed("dirty-bitmap")),
        Entry(
            "dirty-bitmap", "Bitmap with the same name ('%s') already exists on destination",
            "the target has a bitmap %1 already", try: "remove it there", at: .sectionNamed("dirty-bitmap")),
        Entry(
            "dirty-bitmap",
            "Migrated bitmap granularity doesn't match the destination bitmap '%s' granularity",
            "bitmap %1 has another granularity at the target", try: "remove it there, or make it alike",
            at: .sectionNamed("dirty-bitmap")),
        Entry(
            "dirty-bitmap", "Unknown flags in migrated dirty bitmap header: %x",
            "flags 0x%1 of a bitmap chunk", at: .sectionNamed("dirty-bitmap")),
        Entry("vfio", "%s: Failed to load device config space", "the driver of %1 refuses its state"),
        Entry("vfio", "%s: Unknown tag 0x%x", "the device's state is of another version"),
        Entry(
            "value-range", "irq state %d: must be 0 or 1", "an interrupt level of a PCI device is %1"),
        Entry("vfio", "SETUP STATE: EOS not found 0x%x", "the device's state is of another version"),
        Entry(
            "tpm", "tpm-emulator: Setting the stateblob", "swtpm refuses the state: other version or key",
            at: .sectionNamed("tpm-emulator")),
        Entry("vhost", "does not support migration through qemu", "the back-end can't be migrated"),
        Entry(
            "value-range", "nvalid parameter value: %s", "the run state %1 is not known to the target",
            at: .sectionNamed("globalstate")),
        Entry(
            "value-range", "Invalid parameter '%s'", "%1 is not known to the target",
            at: .sectionNamed("globalstate")),
    ]
}
