import Bytes
import Format
import Stream

/// Facts about loaders that their own streams do not describe, from the sources of 5.2 to 11.1.
package enum TargetFacts {
    // MARK: Parts that depend on state

    // Fields whose condition (field_exists) depends on loaded state; the conditions of all others depend on
    // properties, machine types and versions.
    private static let state: Set<String> = [
        // hw/ide/core.c is_identify_set
        "ide_drive:identify_data",
        // hw/usb/hcd-xhci.c xhci_er_full
        "xhci-intr:ev_buffer_put", "xhci-intr:ev_buffer_get", "xhci-intr:ev_buffer",
    ]

    static func isState(_ structure: String, _ field: String) -> Bool {
        state.contains("\(structure):\(field)")
    }

    /// Whether properties of the device determine the size of a field with that type.
    static func isConfigured(_ type: String) -> Bool {
        ["pci config", "msix state", "unused_buffer", "bitmap"].contains(type)
    }

    private static let processor = Set(ProcessorFields.types.map(\.name))

    /// Whether the QEMU version alone determines the size of a field with that type, and no byte of the
    /// stream does.
    ///
    /// target/mips/machine.c: a TLB entry has 28 bytes in 7.2, and 32 in 10.0.
    static func isOfVersion(_ type: String) -> Bool { processor.contains(type) }

    // MARK: Versions of structures

    /// Whether conditions of a structure's fields depend on the source's version of it, which precedes it:
    /// hw/scsi/esp.c `mig_version_id`.
    static func tellsVersion(_ structure: String) -> Bool { structure == "esp" }

    /// Whether a field is the version of an adjacent structure: hw/scsi/esp.c `mig_version_id`.
    package static func isVersionNumber(_ field: String) -> Bool { field.hasSuffix(".mig_version_id") }

    /// Whether a field is also read for older versions of its structure that did not have it.
    ///
    /// hw/scsi/esp.c, 9.0 to 11.1: `drq_state` has no version.
    static func isInAllVersions(_ structure: String, _ field: String) -> Bool {
        structure == "esp" && field == "drq_state"
    }

    /// Whether a QEMU reads a field of an older version that it no longer writes.
    ///
    /// hw/scsi/esp.c: since 6.0 those of versions before 5 (`mig_ti_rptr` and others), and since 9.0 `ti_cmd`
    /// of versions 5 and 6, as `mig_ti_cmd`.
    static func isStillRead(_ structure: String, _ field: String, by version: QEMUVersion?) -> Bool {
        guard structure == "esp", let version else { return false }
        return field == "ti_cmd"
            ? version >= QEMUVersion(9, 0) : version >= QEMUVersion(6, 0) && ancient.contains(field)
    }

    private static let ancient: Set<String> = [
        "ti_rptr", "ti_wptr", "ti_buf", "deferred_status", "deferred_complete", "cmdbuf", "cmdbuf[0]",
        "cmdbuf[1]",
        "cmdlen", "dma_left",
    ]

    // MARK: Subsections

    /// The versions that know a subsection: from one on, or up to one.
    private struct Known {
        var since: QEMUVersion?
        var until: QEMUVersion?
    }

    private static let bounds: [String: Known] = {
        var result: [String: Known] = [:]
        for (version, names) in since {
            for name in names.split(separator: " ") { result[String(name)] = Known(since: version) }
        }
        for (version, names) in until {
            for name in names.split(separator: " ") { result[String(name), default: Known()].until = version }
        }
        return result
    }()

    // Subsections in the sources of 7.2, 10.0, 10.2 or 11.1 that earlier ones lack.
    private static let since: [(QEMUVersion, String)] = [
        (
            QEMUVersion(6, 0),
            """
            arm_gicv3_cpu/gicv4 clock/muldiv cpu/68040_mmu cpu/68040_spregs cpu/amd_tsc_scale_msr cpu/arch_lbr \
            cpu/cf_spregs cpu/debug cpu/envcfg cpu/intel_amx_xtile cpu/intel_sgx cpu/kvmtimer cpu/m/mve cpu/msr_xfd \
            cpu/pdptrs cpu/pkrs cpu/pointer_masking cpu/rv128 cpu/sme cpu/svm_guest cpu/triple_fault \
            ich9_pm/pcihp iotkit-sysctl/sse-300 m25p80/aai_enable m25p80/block_protect m25p80/write_protect \
            pckbd/extended_state ps2kbd/command_reply_queue virtio-balloon-device/page-poison
            """
        ),
        (
            QEMUVersion(8, 0),
            """
            VFIOPCIDevice/VFIODisplay acpi-ged/cpuhp arm_gicv3/gicd_nmi arm_gicv3_cpu/nmi cpu/bhrb cpu/ctr \
            cpu/elp cpu/fq cpu/fred cpu/jvt cpu/lasx cpu/lbt cpu/lsx cpu/msr_hwcr cpu/reservation cpu/smtateen \
            cpu/ssp cpu/tlbemb cpu/wfxt-timer cpu/xen_vcpu cpu/pmsav8/pmsav8r cpu/vfp/fpcr_fpsr \
            i8259/ltim mps2-scc/cfg7 pflash_cfi01_blk_write qemu-s390-flic-full \
            sd-card/ext_csd_modes-state smmuv3/gbpa spapr/cap/ail-mode-3 spapr/cap/dawr1 \
            spapr/cap/nested-papr spapr/cap/nested_papr spapr/cap/ail_mode_3 vhost-user-fs-backend \
            virtio-gpu/blob virtio-net-device/backend
            """
        ),
        (
            QEMUVersion(10, 1),
            """
            acpi-ged/hest acpi-ged/pcihp cpu/error_code cpu/msgint cpu/pstate64 cpu/rtas_stopped \
            cpu/syndrome64 cpu/zt0 virtio/128bit_features virtio_pci/modern_state/features128
            """
        ),
        (
            QEMUVersion(11, 0),
            """
            amd-iommu-xt arm_gicv3/hvf_gic_state cpu/apx cpu/cet cpu/event cpu/fpmr cpu/msr_pl0_ssp \
            cpu/octeon_crypto cpu/octeon_multiplier cpu/pmu cpu/cet_shstk scsi-disk/pr tpm-crb/chunk \
            uefi-variable-digest vhost-inflight-region/buffer vhost-user-blk/inflight
            """
        ),
    ]

    private static let until: [(QEMUVersion, String)] = [
        (QEMUVersion(6, 0), "cpu/pbr403 mps2-fpgaio/counters vitio-balloon-device/page-poison"),
        (QEMUVersion(10, 1), "cpu/iwmmxt"), (QEMUVersion(9, 0), "esp/pdma"),
    ]

    /// Whether a loader that reads a subsection dies from a signal, without a message.
    ///
    /// hw/acpi/acpi-mem-hotplug-stub.c, 7.2 and 10.0: QEMU for MIPS has no memory hotplug, which 5.2 had and
    /// wrote for malta; the vmstate for it is an empty stub.
    package static func endsLoader(_ name: String, of machine: String, _ version: QEMUVersion?) -> Bool {
        name == "piix4_pm/memhp" && machine == "malta" && version.map { $0 >= QEMUVersion(6, 0) } ?? false
    }

    /// Whether the QEMU of that version knows a subsection; true when the version is unknown.
    package static func isKnown(_ name: String, to version: QEMUVersion?) -> Bool {
        guard let version, let known = bounds[name] else { return true }
        if let since = known.since, version < since { return false }
        if let until = known.until, version >= until { return false }
        return true
    }

    /// Subsections whose version has changed, and which a target may know although it did not write them.
    private struct Changed {
        var architecture: Architecture?
        /// In QEMU 7.2, 10.0, 10.2 and 11.1; nil if it does not exist.
        var versions: [UInt32?]
    }

    private static let points = [
        QEMUVersion(7, 2), QEMUVersion(10, 0), QEMUVersion(10, 2), QEMUVersion(11, 1),
    ]

    // target/riscv/machine.c, target/ppc/machine.c, hw/net/virtio-net.c.
    private static let changed: [String: Changed] = [
        "cpu/debug": Changed(architecture: .riscv, versions: [2, 2, 2, 4]),
        "cpu/envcfg": Changed(architecture: .riscv, versions: [1, 1, 1, 2]),
        "cpu/hyper": Changed(architecture: .riscv, versions: [2, 4, 4, 5]),
        "cpu/jvt": Changed(architecture: .riscv, versions: [nil, 1, 1, 2]),
        "cpu/pmp": Changed(architecture: .riscv, versions: [1, 1, 1, 2]),
        "cpu/pmu": Changed(architecture: .riscv, versions: [1, 2, 2, 3]),
        "cpu/pointer_masking": Changed(architecture: .riscv, versions: [1, 2, 2, 2]),
        "cpu/rv128": Changed(architecture: .riscv, versions: [1, 1, 1, 2]),
        "cpu/ssp": Changed(architecture: .riscv, versions: [nil, 1, 1, 2]),
        "cpu/vector": Changed(architecture: .riscv, versions: [2, 2, 2, 3]),
        "cpu/slb": Changed(architecture: .ppc, versions: [1, 2, 2, 2]),
        "virtio-net-device/rss": Changed(versions: [1, 1, 2, 2]),
    ]

    /// The version of a subsection in that version of QEMU; nil if it is unknown, or never changed.
    static func version(of name: String, _ architecture: Architecture?, in version: QEMUVersion?) -> UInt32? {
        guard let version, let known = changed[name],
            known.architecture == nil || known.architecture == architecture,
            let before = points.lastIndex(where: { $0 <= version })
        else { return nil }
        // Between two QEMU versions with the same subsection version.
        let after = points.firstIndex { $0 >= version } ?? before
        return known.versions[before] == known.versions[after] ? known.versions[before] : nil
    }

    // hw/acpi/cpu.c: an entry for each processor that the machine can have.
    private static let byProcessor: Set<String> = ["ich9_pm/cpuhp", "piix4_pm/cpuhp", "acpi-ged/cpuhp"]

    /// Whether an array of a subsection has an element for each processor.
    package static func isByProcessor(_ name: String) -> Bool { byProcessor.contains(name) }

    // MARK: Sections

    // Devices with sound.
    private static let sound: Set<String> = [
        "ac97", "adlib", "asc", "cs4231a", "es1370", "gus", "hda-audio", "lm4549", "pl041", "sb16",
        "usb-audio",
        "virtio-sound", "via-ac97", "wm8750",
    ]

    /// Whether the target accepts a section that it no longer writes.
    ///
    /// audio/audio.c, 7.2 to 11.1: `audio`, which each machine with sound had at least up to 5.2.
    static func isOnlyRead(_ key: SectionKey, _ context: CheckContext) -> Bool {
        key.name.elementsEqual("audio".utf8) && context.version >= QEMUVersion(6, 0)
            && context.targetSections.values.contains { sound.contains(context.structureName(of: $0)) }
    }

    // MARK: Omitted parts

    // hw/acpi/memory_hotplug.c and cpu_hotplug: the number of slots is the machine's, and none when it does
    // not write this subsection. hw/core/or-irq.c: the number of lines is the device's, which is at most 16
    // when it does not write this subsection; the subsection has the further ones.
    private static let emptied: Set<String> = [
        "ich9_pm/memhp", "piix4_pm/memhp", "acpi-ged/memhp", "or-irq-extras",
    ]

    static func isEmptied(_ name: String) -> Bool { emptied.contains(name) }

    /// Returns QEMU's message when it aborts at the section of an SD card that is attached to SPI and powered
    /// from the start; nil for other cards.
    ///
    /// hw/sd/sd.c sd_vmstate_pre_load, 7.2 to 11.1: it asserts that the card is not powered up yet.
    static func cardAssertion(_ key: SectionKey, _ context: CheckContext) -> String? {
        guard key.name.elementsEqual("sd-card".utf8), let target = context.target,
            let model = context.targetDevices[key]
        else { return nil }
        let count = { (name: String) in
            context.targetSections.keys.count { $0.name.elementsEqual(name.utf8) }
        }
        // hw/sd/ssi-sd.c
        let isPowered = !target.store.table.items(of: model.layout).contains {
            target.store.table.names.bytes($0.name).elementsEqual("sd-card/ocr-state".utf8)
        }
        guard isPowered, count("ssi_sd") > 0, count("ssi_sd") == count("sd-card") else { return nil }
        let line = cardLines.last { $0.since <= context.version }?.line ?? 297
        return
            "hw/sd/sd.c:\(line): sd_ocr_powerup: Assertion `!FIELD_EX32(sd->ocr, OCR, CARD_POWER_UP)' failed."
    }

    // Line numbers in 10.0.13, 10.2.2 and 11.1.3.
    private static let cardLines: [(since: QEMUVersion, line: Int)] = [
        (QEMUVersion(10, 0), 381), (QEMUVersion(10, 2), 407), (QEMUVersion(11, 1), 409),
    ]

    // Subsections with a timer that exists only in devices that write them (VMSTATE_TIMER_PTR):
    // hw/audio/hda-codec.c, hw/usb/dev-hub.c, target/arm, riscv and mips/machine.c, system/cpu-timers.c
    // (-icount). The loader asserts that the pointer is not null.
    package static let timers: Set<String> = [
        "hda-audio-stream/buffer", "cpu/wfxt-timer", "cpu/timer", "usb-hub/port-timer",
        "timer/icount/warp_timer", "timer/icount/timers",
    ]

    /// Returns QEMU's message when it aborts at a subsection that its own device would not write; nil when it
    /// does not abort.
    ///
    /// - Parameter isElsewhere: whether the target has written it for another element of the same device.
    static func abort(_ name: String, _ version: QEMUVersion?, isElsewhere: () -> Bool) -> String? {
        // An audio stream has its timer even when the codec does not use timers.
        guard timers.contains(name), name != "hda-audio-stream/buffer" || isElsewhere() else { return nil }
        return pointerAssertion(version)
    }

    /// Returns the message of the assertion that a pointer is not null (migration/vmstate.c).
    static func pointerAssertion(_ version: QEMUVersion?) -> String {
        let version = version ?? QEMUVersion(10, 0)
        let place = pointerLines.last { $0.since <= version }?.place ?? "124: vmstate_load_state"
        return "migration/vmstate.c:\(place): Assertion `first_elem || !n_elems || !size' failed."
    }

    // Line numbers in 5.2, 7.2.22, 10.0.13, 10.2.2 and 11.1.3.
    private static let pointerLines: [(since: QEMUVersion, place: String)] = [
        (QEMUVersion(6, 0), "118: vmstate_load_state"),
        (QEMUVersion(10, 0), "172: vmstate_load_state"), (QEMUVersion(10, 2), "185: vmstate_load_state"),
        (QEMUVersion(11, 1), "370: vmstate_load_vmsd"),
    ]
}
