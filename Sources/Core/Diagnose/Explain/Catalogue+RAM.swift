import Memory

extension Catalogue {
    /// RAM blocks and records.
    package static let ram: [CatalogueEntry] = [
        Entry(
            .ramBlockUnknown, "Unknown ramblock \"%s\", cannot accept migration",
            "the destination has no RAM block %1",
            try: "a block belongs to a device, a DIMM or a memory backend: give the destination the same one",
            at: .ramBlock(0)),
        Entry(
            .ramBlockSize, ["Size mismatch: %s: 0x%x != 0x%x", "Size mismatch: %s: %x != %x"],
            "block %1 has 0x%2 bytes in the stream, 0x%3 on the destination",
            try: "use the same -m, video memory, romfile= and firmware image", at: .ramBlock(0)),
        Entry(
            .ramBlockSize, "Length mismatch: %s: 0x%x in != 0x%x",
            "block %1 has 0x%2 bytes in the stream, 0x%3 on the destination",
            try: "use the same -m, video memory, romfile= and firmware image", at: .ramBlock(0)),
        Entry(
            .ramBlockSize, "Size too large: %s: 0x%x > 0x%x",
            "block %1 has 0x%2 bytes in the stream, at most 0x%3 on the destination",
            try: "the source is newer: use an older machine type on the source", at: .ramBlock(0)),
        Entry(.ramAddress, "Illegal RAM offset %x", "a page at 0x%1 is outside its block", at: .ram),
        Entry(
            .ramFlags, "Unknown combination of migration flags: 0x%x",
            "a RAM record has flags 0x%1: the reader lost its place, or the file is cut (0x0)",
            try:
                "set the migration capabilities (multifd, compress, postcopy) as on the source, use its QEMU version (page sizes may differ), or copy the stream again",
            at: .ram),
        Entry(
            .ramFlags, "Unexpected RAM flags: %d", "page data and capability mapped-ram exclude each other",
            try: "set capability mapped-ram on both sides or on neither", at: .ram),
        Entry(
            .ramCut, "Getting RAM address failed", "the stream ends inside RAM", try: "copy the file again",
            at: .ram),
        Entry(
            .ramContinue, "Ack, bad migration stream!",
            "a page says \"same block\" before any block was named", at: .ram),
        Entry(
            .ramBlockUnknown, "Can't find block %s", "a page names a block %1 that is not in the list",
            at: .ram),
        Entry(
            .ramBlockUnknown, "block %s should not be migrated !",
            "block %1 is shared memory on the destination",
            try: "set capability x-ignore-shared on both sides or on neither",
            at: .ramBlock(0)),
        Entry(.ramZero, "Found a zero page with value %d", "a zero page has the value %1", at: .ram),
        Entry(.ramXbzrle, "Failed to load XBZRLE page - %s", "a delta page can't be decoded: %1", at: .ram),
        Entry(
            .ramXbzrle, "Failed to decompress XBZRLE page at %x", "the delta page at 0x%1 can't be decoded",
            at: .ram),
        Entry(
            .ramCompressed, "Invalid compressed data length: %d",
            "a compressed page has the invalid length %1", at: .ram),
        Entry(.ramCompressed, "decompress data failed", "a compressed page can't be decompressed", at: .ram),
        Entry(
            .ramCompressed, "Received an unexpected compressed page",
            "capability compress is off on the destination",
            try: "set it; QEMU 9.1 and later can't load such a stream", at: .ram),
        Entry(
            .ramPageSize, "Mismatched RAM page size %s", "only one side uses huge pages",
            try: "use the same memory backend", at: .ram),
        Entry(
            .ramPageSize, "Postcopy needs matching ", "page sizes differ between source and destination",
            try: "use the same memory backend", at: .ram),
        Entry(
            .ramPageSize, "Mismatched GPAs for block %s %d!= %d",
            "block %1 is at a different guest address on the destination", at: .ramBlock(0)),
        Entry(
            .mappedRAM, "Error reading ramblock %s pages, region has bad alignment",
            "the pages of block %1 are not aligned in the file", at: .ramBlock(0)),
        Entry(
            .mappedRAM,
            [
                "(%s) failed to read page %x from file offset %x",
                "(%s) failed to read page %sfrom file offset %x",
            ],
            "page 0x%2 of block %1 can't be read at offset 0x%3 of the file",
            try: "copy the file again, with its holes", at: .ramBlock(0)),
        Entry(
            .mappedRAM, "Migration mapped-ram capability version not supported",
            "the mapped-ram header has a different version", at: .ram),
        Entry(
            .mappedRAM, "Could not read whole mapped-ram migration header",
            "the file ends inside a mapped-ram header", at: .ram),
        Entry(
            .mappedRAM, "Error reading dirty bitmap", "the page bitmap of mapped-ram can't be read",
            try: "copy the file again, with its holes", at: .ram),
        Entry(
            .mappedRAM, "page outside of ramblock %s range", "a mapped-ram page is outside block %1",
            at: .ramBlock(0)),
        Entry(
            .mappedRAM,
            [
                "Migration mapped-ram header has invalid page_size %u (expected %d)",
                "zero page outside of ramblock %s range",
            ],
            "the pages of a mapped-ram file do not fit the destination",
            try: "use the same page size; copy the file again, with its holes", at: .ram),
        Entry(
            .ramBlockResized, ["RAM block '%s' resized during precopy.", "RAM block not found"],
            "a RAM block changed its size while it was sent: firmware tables or option ROMs grew",
            try: "migrate again, when the guest is not booting"),
        Entry(
            .ramCompressed, ["compressed data failed!"], "a page can't be decompressed",
            try: "copy the stream again", at: .ram),
        Entry(
            .sourceSave,
            [
                "%s: Init ramstate fail", "migrate: madvise DONTNEED failed",
                "clear_bitmap_shift (%u) too big, using max value (%u)",
                "clear_bitmap_shift (%u) too small, using min value (%u)", "ram_save_target_page failed",
                "failed to start RDMA registration", "failed to stop RDMA registration",
                "qemu_guest_free_page_hint", "%s unexpected error",
            ], "the source could not send its memory", try: "look at the source's log before this line",
            as: .symptom, by: .source),
        Entry(
            .ramAddress, "Bad ram offset %x", "an address is outside all RAM blocks",
            try: "use the same -m and memory devices", at: .ram),
    ]
}
