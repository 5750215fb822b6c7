import Bytes

/// An address of guest memory, from user input or a register.
package enum GuestAddress: Equatable, Sendable {
    case physical(UInt64)
    /// An address in the page tables of the CPU with that number; nil is the first CPU.
    case virtual(UInt64, cpu: UInt32?)

    /// Parses `p 0x1000`, `v 0xffffffff81000000` or `v 0x1000 1`: physical, or virtual with the number of a
    /// CPU.
    /// Nil for any other text.
    package init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ")
        guard (2...3).contains(words.count), let address = Self.number(words[1]) else { return nil }
        switch words[0] {
        case "p" where words.count == 2: self = .physical(address)
        case "v":
            guard words.count == 3 else {
                self = .virtual(address, cpu: nil)
                return
            }
            guard let cpu = UInt32(words[2]) else { return nil }
            self = .virtual(address, cpu: cpu)
        default: return nil
        }
    }

    // Kernel addresses do not fit Int.
    private static func number(_ text: some StringProtocol) -> UInt64? {
        if let count = ByteCount.parse(text) { return UInt64(count) }
        guard text.hasPrefix("0x") || text.hasPrefix("0X") else { return nil }
        return UInt64(text.dropFirst(2), radix: 16)
    }
}

/// The place of a byte of guest memory.
package struct GuestPlace: Sendable, Equatable {
    package var physical: UInt64
    /// The number of the RAM block, and the offset from its start in bytes.
    package var block: Int
    package var blockOffset: Int
    /// The offset of the byte in the stream; nil for pages that are not stored raw.
    package var streamOffset: Int?
}

/// The reason why an address leads to no byte of the stream. One line, escaped.
package struct GuestAddressError: Error, Equatable, CustomStringConvertible, Sendable {
    package let description: String
}

extension GuestMemory {
    /// Returns the place of the byte at an address.
    ///
    /// - Throws: `GuestAddressError` if there is no RAM, or no page table maps the address. O(levels + log
    ///   regions).
    package func place(
        of address: GuestAddress, _ processors: [any GuestProcessor]
    ) throws(GuestAddressError) -> GuestPlace {
        switch address {
        case .physical(let physical): return try place(at: physical)
        case .virtual(let virtual, let cpu):
            guard let processor = processors.first(where: { cpu == nil || $0.number == cpu }) else {
                throw GuestAddressError(
                    description: cpu.map { "no CPU \($0) is in the stream" }
                        ?? "the stream describes no CPU whose page tables can be read; try: p 0x…")
            }
            let mapping: PageMapping
            do throws(PageFault) {
                mapping = try processor.translate(virtual, in: self)
            } catch {
                throw GuestAddressError(description: "virtual 0x\(Hex.digits(virtual)): \(error.reason)")
            }
            return try place(at: mapping.physical)
        }
    }

    private func place(at physical: UInt64) throws(GuestAddressError) -> GuestPlace {
        guard let start = Int(exactly: physical), start < GuestMap.addressLimit,
            let number = map.index(atOrAbove: start), map.regions[number].physical <= start
        else {
            throw GuestAddressError(description: "no RAM is at physical 0x\(Hex.digits(physical))")
        }
        let region = map.regions[number]
        let offset = region.blockOffset + start - region.physical
        let page = offset / pages.index.pageSize
        let entry = pages.index.entry(block: region.block, page: page, in: pages.region)
        let isRaw = entry.kind == .raw
        return GuestPlace(
            physical: physical, block: region.block, blockOffset: offset,
            streamOffset: isRaw && entry.space == 0 ? entry.place + offset % pages.index.pageSize : nil)
    }
}
