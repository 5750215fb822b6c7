/// Lengths of RAM blocks as the destination computes them.
package enum BlockLength {
    /// The maximum sizes of resizable blocks, in bytes (hw/acpi/utils.c acpi_add_rom_blob, 7.2 and 10.0).
    package static let largest: [String: UInt64] = [
        "/rom@etc/acpi/tables": 0x200000, "/rom@etc/table-loader": 0x10000, "/rom@etc/acpi/rsdp": 0x1000,
    ]
    private static let hostPageSize: UInt64 = 4096

    /// Rounds a length up to whole host pages, in bytes; 0 when QEMU's own sum overflows.
    package static func hostPages(_ length: UInt64) -> UInt64 {
        let (sum, overflow) = length.addingReportingOverflow(hostPageSize - 1)
        return overflow ? 0 : sum & ~(hostPageSize - 1)
    }
}
