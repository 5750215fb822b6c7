/// The oldest versions that QEMU accepts of a vmstate: `minimum_version_id`, as `-dump-vmstate` of QEMU 7.2 and
/// 10.0 lists them for x86 machines. A stream does not say them.
package enum MinimumVersions {
    /// The oldest version of the vmstate `name`; nil where it is not known.
    package static func minimum(of name: String) -> UInt32? { all[name] }

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
            1,
            """
            Fifo8 HIDKeyboardDevice HIDPointerDevice HIDPointerEventQueue I2CSlave ICH9LPC \
            ICH9LPC/rst_cnt ICH9LPC/smi_feat PCIBUS PCIDevice PCIE_AER_ERROR PCIE_AER_ERROR_LOG \
            PCIHost PIIX3/rcr SCSIDevice SCSIDevice/sense USBDevice ac97_bm_regs acpi-erst acpi-ged \
            acpi-ged-state acpi-ged/cpuhp acpi-ged/ghes acpi-ged/memhp acpi-ghes acpi_build \
            acpi_pcihp_pci_status can_sja ccid-card-passthru cpu_common cs4231a ctucan ctucan_pci dma \
            dma_regs e1000 e1000/full_mac_state e1000/mit_state e1000/tx_tso_state e1000e \
            e1000e-intr-timer e1000e-tx ehci ehci-core fdc/phase fdc/reset_sensei fdc/result_timer \
            fdrive fdrive/media_changed fdrive/media_rate fdrive/perpendicular fw_cfg fw_cfg/acpi_mr \
            globalstate gpe gpex_root hpet hpet/offset hpet/rtc_irq_level hpet_timer i6300esb_wdt \
            i8259 i8259/ltim ich9_pm ich9_pm/cpuhp ich9_pm/memhp ich9_pm/pcihp ich9_pm/tco ich9_smb \
            ide_bus ide_bus/error ide_drive/atapi/gesn_state ide_drive/pio_state ide_drive/tray_state \
            igb igb-intr-timer igb-tx-ctx imx.usbphy ioapic ioh-3240-express-root-port iommu-intel \
            ipack_device ipmi-interface-bt ipmi-interface-kcs ipmi-interface-pci-bt \
            ipmi-interface-pci-kcs ipoctal232 kvaser_pci kvm-tpr-opt kvmclock \
            kvmclock/clock_is_reliable kvmvapic-guest-rom kvmvapic-handlers mc146818rtc \
            mc146818rtc/irq_reinject_on_ack_count mch mioe3680_pci ohci ohci-core ohci-core/eof-timer \
            ohci-core/port parallel_isa pci-serial pci-serial-multi pci_status pcie-root-port \
            pciespscsi pckbd-mmio pckbd_outport pcm3680i_pci pcspk pflash_cfi01 pflash_cfi01_blk_write \
            piix4_pm/cpuhp piix4_pm/memhp pmsmb port92 ps2kbd/need_high_bit pvpanic-pci \
            qemu_can_filter qemu_ctucan_tx_buffer qxl/monitors-config ramfb ramfb-dev \
            rtl8139/hotplug_ready sb16 scc2698_block scc2698_channel scsi-disk \
            sd-card/ext_csd_modes-state sd-card/ocr-state sdhci sdhci/pending-insert \
            serial/fifo_timeout_timer serial/poll serial/recv_fifo serial/thr_ipending \
            serial/timeout_ipending serial/tsr serial/xmit_fifo smbus-device smbus-eeprom smbus-ipmi \
            sysbusespscsi timer tpci200 u2f-key u2f-key-passthru uhci usb-ccid usb-host usb-hub \
            usb-hub-port usb-hub/port-timer usb-kbd usb-mtp usb-ptr usb-redir usb-redir-device-info \
            usb-redir-ep usb-redir-ep/bulk-receiving usb-redir-ep/stream-state \
            usb-redir-interface-info usb-redir-packet-id-queue usb-storage usb_device vga.endian \
            vhost-user-blk vhost-vdpa-device virtio-9p virtio-balloon virtio-crypto virtio-gpu \
            virtio-gpu/blob virtio-input virtio-mem virtio-rng virtio-scsi virtio-sound-device \
            virtio-vhost_scsi vmclock vmcoreinfo vmgenid vmxnet3 vmxnet3/mcast_list xen_evtchn \
            xen_evtchn_port xen_gnttab xen_overlay xen_xenstore xio3130-express-downstream-port \
            xio3130-express-upstream-port
            """
        ),
        (
            2,
            """
            PIIX3 PIIX4 ac97 cirrus_vga es1370 es1370_channel fdc gus i8254 igb-tx pcnet ps2kbd \
            ps2kbd/ledstate ps2mouse sd-card serial vga virtio-blk virtio-iommu virtio-vga
            """
        ),
        (
            3,
            """
            I440FX apic esp ne2000 pckbd piix4_pm rtl8139 virtio-console
            """
        ),
        (
            4,
            """
            platform
            """
        ),
        (
            11,
            """
            virtio-net
            """
        ),
        (
            21,
            """
            qxl qxl-memslot qxl-surface
            """
        ),
    ]

    private static let spaced: [String: UInt32] = [
        "APM State": 1,
        "CCID Answer state": 1,
        "CCID BulkIn state": 1,
        "CPU hotplug device state": 1,
        "CPU hotplug state": 1,
        "ide bmdma/status": 1,
        "ide bmdma_current": 1,
        "memory hotplug device state": 1,
        "memory hotplug state": 1,
        "tco io device status": 1,
        "uhci port": 1,
        "PS2 Common State": 2,
        "pit channel": 2,
    ]
}
