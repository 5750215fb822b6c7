import Stream

/// The oldest version of each vmstate that QEMU accepts: `minimum_version_id`, which is not in a stream.
///
/// For nearly all vmstates in the sources of 7.2 to 11.1 it is the version itself; the others are listed.
package struct MinimumVersions: Sendable {
    /// The version of the QEMU that loads; nil when unknown.
    package var loader: QEMUVersion?
    package var architecture: Architecture?

    package init(loader: QEMUVersion? = nil, architecture: Architecture? = nil) {
        self.loader = loader
        self.architecture = architecture
    }

    /// Returns the oldest version of the vmstate `name` that a loader accepts when its own version is
    /// `local`.
    package func minimum(of name: String, local: UInt32) -> UInt32 {
        if let since = Self.raised[name], let loader, loader >= since { return local }
        if name == "cpu" {
            // target/i386/machine.c and target/s390x/machine.c; other architectures accept no older version.
            switch architecture {
            case .x86: return min(11, local)
            case .s390: return min(3, local)
            default: return local
            }
        }
        if let loader, let least = Self.lowered[name], loader >= least.since {
            return min(least.minimum, local)
        }
        if let shared = Self.shared[name] { return local == shared.local ? shared.minimum : local }
        return min(Self.all[name] ?? local, local)
    }

    /// hw/ssi/aspeed_smc.c: since this version an older one is accepted.
    private static let lowered: [String: (since: QEMUVersion, minimum: UInt32)] = [
        "aspeed.smc": (QEMUVersion(11, 1), 1)
    ]

    /// Names that several vmstates share, of which the one with this version accepts older ones:
    /// hw/net/ne2000-isa.c, system/cpu-timers.c.
    private static let shared: [String: (local: UInt32, minimum: UInt32)] = [
        "ne2000": (2, 0), "timer": (2, 1),
    ]

    /// hw/timer/hpet.c, hw/rtc/mc146818rtc.c, hw/net/lan9118.c: since these versions no older one is
    /// accepted.
    private static let raised: [String: QEMUVersion] = [
        "hpet": QEMUVersion(10, 2), "mc146818rtc": QEMUVersion(10, 2), "lan9118": QEMUVersion(10, 0),
    ]

    private static let all: [String: UInt32] = {
        var result: [String: UInt32] = [:]
        for (version, names) in lists {
            for name in names.split(separator: " ") { result[String(name)] = version }
        }
        // Names with blanks.
        for (name, version) in spaced { result[name] = version }
        return result
    }()

    private static let lists: [(version: UInt32, names: String)] = [
        (
            0,
            """
            SWIM ahci aspeed.rtc aspeed.sdhci aspeed.xdma axp2xx_pmu cadence.sdhci configuration goldfish_rtc \
            hda-audio hda-audio-stream hda-audio-stream/buffer i2c-ddc ich9_ahci ide ide_drive intel-hda \
            intel-hda-stream isa-ide lsiscsi microdrive mmio-ide nrf51_soc.timer pnv-adu pnv-chiptod pnv-i2c pnv-spi \
            powernv-cpu-core powernv-cpu-quad pxa2xx_dma rc4030 scoop spitz-keyboard usb-dwc3 vga-isa \
            vhost-user-blk/inflight virtio-gpu-one-scanout virtio-gpu-scanouts xhci xhci-core xhci-event xhci-intr \
            xhci-port xhci-ring xhci-slot xhci-sysbus xlnx.dpdma xlnx.v-dp
            """
        ),
        (
            1,
            """
            Dino Lasi PCIDevice bcm2836-control cirrus_vga cpu/slb ds1338 e1000 ehci ehci-core ehci-sysbus \
            escc escc_chn fw_cfg hpet i6300esb_wdt ics/irq ide_bus/error ioapic ipmi-bmc-sim ipmi-interface \
            ipmi-interface-kcs lan9118 mc146818rtc pciespscsi pl110 realview_sysctl spapr stellaris_sys \
            sysbusespscsi uhci virtio-net-device/rss
            """
        ),
        (
            2,
            """
            PIIX3 PIIX4 ac97 artist cadence_uart i8254 pcnet ps2kbd ps2kbd/ledstate serial spapr_iommu \
            zynq_slcr
            """
        ),
        (
            3,
            """
            esp rtl8139
            """
        ),
        (
            20_061_112,
            """
            eeprom
            """
        ),
    ]

    private static let spaced: [String: UInt32] = [
        "PS2 Common State": 2,
        "ahci port": 0,
        "ide bmdma": 0,
        "ncq state": 0,
    ]
}
