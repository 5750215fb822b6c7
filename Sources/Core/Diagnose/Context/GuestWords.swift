import Bytes
import Format
import Memory
import Stream

/// The parts of guest memory that device loaders read: the ring indexes of virtio queues in use by a driver
/// (hw/virtio/virtio.c virtio_load, 7.2 and 10.0), and the size of the option ROM that accelerates the APIC
/// (hw/i386/vapic.c vapic_map_rom_writable, 10.0 and 11.1; kvmvapic.c before).
package struct GuestWords {
    /// A page of a RAM block.
    package struct Page: Hashable {
        package var block: Int
        /// The offset in the block, in bytes.
        package var address: Int
    }

    package struct Ring {
        package var section: CheckedSection
        package var chain: [FieldStep]
        package var number: Int
        /// The number of entries.
        package var size: Int
        package var lastAvailable: UInt16
        /// The offset of that field in the stream.
        package var offset: Int
        /// Whether the index is big-endian: drivers older than virtio 1 use the byte order of the guest.
        package var isBigEndian: Bool
        /// The locations of the indexes that the guest and the device write: page, and offset in it.
        package var available: (page: Page, place: Int)
        package var used: (page: Page, place: Int)
    }

    /// An option ROM whose state is in a section.
    package struct OptionROM {
        package var section: CheckedSection
        /// The offset in the stream of the field with its address.
        package var offset: Int
        /// The location of the byte with its size.
        package var size: (page: Page, place: Int)
    }

    package private(set) var rings: [Ring] = []
    package private(set) var optionROM: OptionROM?
    /// The last record of each wanted page: its kind and the offset of its body.
    package private(set) var found: [Page: (kind: RAMRecordKind, body: Int)] = [:]
    private var wanted: Set<Page> = []

    /// VIRTIO_QUEUE_MAX (include/hw/virtio/virtio.h).
    static let mostQueues = 1024
    private static let packed: UInt64 = 1 << 34
    private static let platform: UInt64 = 1 << 33
    private static let versionOne: UInt64 = 1 << 32

    /// Finds the wanted words. O(sections + queues).
    package init(_ context: CheckContext) {
        let document = context.document
        guard !document.store.state.blocks.isEmpty else { return }
        var visitor = FieldVisitor(context.table) { $0.name == "virtio" }
        var map: GuestMap?
        for section in context.sections where section.record.kind == .full {
            for field in context.fields(
                of: section, in: document, context.devices[section.key], &visitor)
            where !field.item.child.isNone {
                let known = map ?? GuestMap(document, architecture: Architecture(document))
                map = known
                add(field, section, context, known)
            }
        }
        optionROM = optionROM(context, &map)
        wanted = Set(places.map(\.page))
    }

    /// The locations of the words, and the number of bytes in each.
    package var places: [(page: Page, place: Int, size: Int)] {
        rings.flatMap { ring in [ring.available, ring.used].map { ($0.page, $0.place, 2) } }
            + (optionROM.map { [($0.size.page, $0.size.place, 1)] } ?? [])
    }

    package var isEmpty: Bool { wanted.isEmpty }

    /// Notes a record if it carries a wanted page.
    package mutating func note(_ record: RAMRecord, body: Int) {
        let page = Page(block: record.block, address: record.address)
        if wanted.contains(page) { found[page] = (record.kind, body) }
    }

    /// Returns the index in memory at a location; nil when the stream does not have it.
    package func index(_ place: (page: Page, place: Int), of ring: Ring, _ region: MappedRegion) -> UInt16? {
        let value = word(UInt16.self, place, region)
        return ring.isBigEndian ? value : value?.byteSwapped
    }

    /// Returns the size of the option ROM, in blocks of 512 bytes; nil when the stream does not have it.
    package func size(of rom: OptionROM, _ region: MappedRegion) -> UInt8? {
        word(UInt8.self, rom.size, region)
    }

    // The word in the last record of the page, as a big-endian number.
    private func word<Word: FixedWidthInteger & BitwiseCopyable>(
        _ type: Word.Type, _ place: (page: Page, place: Int), _ region: MappedRegion
    ) -> Word? {
        guard let record = found[place.page] else { return nil }
        switch record.kind {
        case .zero: return 0
        case .raw: return region.bigEndian(type, at: record.body + place.place)
        default: return nil
        }
    }

    // MARK: Option ROM

    /// The name of the section with the state of the option ROM.
    package static let romSection = "kvm-tpr-opt"
    /// The address range of option ROMs; the loader refuses other addresses.
    package static let romAddresses = 0xc0000..<0x100000

    // The block at address 0, regardless of what is mapped over it there.
    private func optionROM(_ context: CheckContext, _ map: inout GuestMap?) -> OptionROM? {
        let document = context.document
        guard let section = context.sections.first(where: { $0.name == Self.romSection }),
            let field = StateField.sections(named: Self.romSection, in: document.store).first?.field,
            let address = field["rom_state_paddr"], let value = address.unsigned,
            let start = Int(exactly: value), Self.romAddresses.contains(start)
        else { return nil }
        let known = map ?? GuestMap(document, architecture: Architecture(document))
        map = known
        guard let low = known.regions.first, low.physical == 0 else { return nil }
        let offset = low.blockOffset.addingSaturated((start & ~511).addingSaturated(2))
        let size = document.store.state.pageSize
        return OptionROM(
            section: section, offset: address.offset,
            size: (Page(block: low.block, address: offset / size * size), offset % size))
    }

    // MARK: Queues

    private mutating func add(
        _ field: VisitedField, _ section: CheckedSection, _ context: CheckContext, _ map: GuestMap
    ) {
        let region = context.region
        let device = LayoutCursor(field.item.child, at: field.offset, in: context.table)
        guard let queues = device.member("queues") else { return }
        let features = device.features(region)
        guard features & (Self.packed | Self.platform) == 0 else { return }
        let isModern = features & Self.versionOne != 0
        let rings = device.member("virtio/virtqueues")?.member("vqs")?.elements
        for (number, queue) in queues.elements.prefix(Self.mostQueues).enumerated() {
            guard let entries = queue.number("num", region), (1...32768).contains(entries),
                let descriptors = queue.number("desc", region), descriptors != 0,
                let last = queue.member("last_avail_idx")
            else { continue }
            let legacy = descriptors &+ 16 &* entries
            var (available, used) = (legacy, (legacy &+ 4 &+ 2 &* entries &+ 4095) & ~4095)
            if isModern {
                guard let rings, rings.indices.contains(number),
                    let first = rings[number].number("avail", region),
                    let second = rings[number].number("used", region)
                else { continue }
                (available, used) = (first, second)
            }
            guard let first = Self.place(available &+ 2, map, context.document),
                let second = Self.place(used &+ 2, map, context.document)
            else { continue }
            self.rings.append(
                Ring(
                    section: section, chain: field.chain, number: number, size: Int(entries),
                    lastAvailable: UInt16(truncatingIfNeeded: last.number(region)), offset: last.offset,
                    isBigEndian: !isModern && device.isBigEndian(region, context.document), available: first,
                    used: second))
        }
    }

    private static func place(
        _ address: UInt64, _ map: GuestMap, _ document: Document
    ) -> (page: Page, place: Int)? {
        guard let start = Int(exactly: address), let number = map.index(atOrAbove: start),
            map.regions[number].physical <= start
        else { return nil }
        let region = map.regions[number]
        let offset = region.blockOffset + start - region.physical
        let size = document.store.state.pageSize
        // An index never crosses a page.
        guard offset % size + 2 <= size else { return nil }
        return (Page(block: region.block, address: offset / size * size), offset % size)
    }
}

/// Numbers of a decoded virtio device by name.
extension LayoutCursor {
    fileprivate func number(_ region: MappedRegion) -> UInt64 {
        region.bigEndian(offset..<offset + min(size, 8))
    }

    fileprivate func number(_ name: String, _ region: MappedRegion) -> UInt64? {
        member(name)?.number(region)
    }

    /// Returns the byte order of a guest that can change it, or else of its architecture.
    fileprivate func isBigEndian(_ region: MappedRegion, _ document: Document) -> Bool {
        if let order = member("virtio/device_endian")?.number("device_endian", region) { return order == 2 }
        return Architecture(document)?.isBigEndian ?? false
    }

    /// Returns all feature bits, or only the low ones if no others are saved.
    fileprivate func features(_ region: MappedRegion) -> UInt64 {
        member("virtio/64bit_features")?.number("guest_features", region) ?? number("guest_features", region)
            ?? 0
    }
}
