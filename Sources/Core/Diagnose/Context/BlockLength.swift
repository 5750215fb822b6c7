/// Lengths of RAM blocks as the destination takes them.
package enum BlockLength {
    /// What a resizable block may grow to, in bytes (hw/acpi/utils.c acpi_add_rom_blob, 7.2 and 10.0).
    package static let largest: [String: UInt64] = [
        "/rom@etc/acpi/tables": 0x200000, "/rom@etc/table-loader": 0x10000, "/rom@etc/acpi/rsdp": 0x1000,
    ]
    private static let hostPageSize: UInt64 = 4096

    /// Bytes in whole pages of the host; 0 where QEMU's own sum overflows.
    package static func hostPages(_ length: UInt64) -> UInt64 {
        let (sum, overflow) = length.addingReportingOverflow(hostPageSize - 1)
        return overflow ? 0 : sum & ~(hostPageSize - 1)
    }
}
