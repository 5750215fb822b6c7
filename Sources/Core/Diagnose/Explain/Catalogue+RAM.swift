import Memory

extension Catalogue {
    /// RAM blocks and records.
    package static let ram: [CatalogueEntry] = [
        Entry(
            .ramBlockUnknown, "Unknown ramblock \"%s\", cannot accept migration",
            "the destination has no RAM block %1",
            try: "a block belongs to a device, a DIMM or a memory backend: give the destination the same",
            at: .ramBlock(0)),
        Entry(
            .ramBlockSize, ["Size mismatch: %s: 0x%x != 0x%x", "Size mismatch: %s: %x != %x"],
            "block %1 has 0x%2 bytes, the destination's 0x%3",
            try: "-m, video memory, romfile= or the firmware image differ", at: .ramBlock(0)),
        Entry(
            .ramBlockSize, "Length mismatch: %s: 0x%x in != 0x%x",
            "block %1 has 0x%2 bytes, the destination's 0x%3",
            try: "-m, video memory, romfile= or the firmware image differ", at: .ramBlock(0)),
        Entry(
            .ramBlockSize, "Size too large: %s: 0x%x > 0x%x",
            "block %1 has 0x%2 bytes, the destination's at most 0x%3",
            try: "the source is newer: use an older machine type there", at: .ramBlock(0)),
        Entry(.ramAddress, "Illegal RAM offset %x", "a page at 0x%1, outside its block", at: .ram),
        Entry(
            .ramFlags, "Unknown combination of migration flags: 0x%x",
            "a RAM record has flags 0x%1: the reader lost its place, or the file is cut (0x0)",
            try:
                "set the capabilities of migration (multifd, compress, postcopy) as at the source, use its QEMU version (pages may have another size there), or copy the stream again",
            at: .ram),
        Entry(
            .ramFlags, "Unexpected RAM flags: %d", "page data and capability mapped-ram do not go together",
            try: "set capability mapped-ram alike", at: .ram),
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
            "block %1 is shared memory at the destination", try: "set capability x-ignore-shared alike",
            at: .ramBlock(0)),
        Entry(.ramZero, "Found a zero page with value %d", "a zero page has the value %1", at: .ram),
        Entry(.ramXbzrle, "Failed to load XBZRLE page - %s", "a delta page does not decode: %1", at: .ram),
        Entry(
            .ramXbzrle, "Failed to decompress XBZRLE page at %x", "the delta page at 0x%1 does not decode",
            at: .ram),
        Entry(
            .ramCompressed, "Invalid compressed data length: %d", "a compressed page of %1 bytes", at: .ram),
        Entry(.ramCompressed, "decompress data failed", "a compressed page does not unpack", at: .ram),
        Entry(
            .ramCompressed, "Received an unexpected compressed page",
            "capability compress is off at the destination",
            try: "set it; QEMU 9.1 and later can't load such a stream", at: .ram),
        Entry(
            .ramPageSize, "Mismatched RAM page size %s", "huge pages on one side only",
            try: "use the same memory backend", at: .ram),
        Entry(
            .ramPageSize, "Postcopy needs matching ", "page sizes differ between source and destination",
            try: "use the same memory backend", at: .ram),
        Entry(
            .ramPageSize, "Mismatched GPAs for block %s %d!= %d",
            "block %1 is at another guest address at the destination", at: .ramBlock(0)),
        Entry(
            .mappedRAM, "Error reading ramblock %s pages, region has bad alignment",
            "pages of block %1 are at no multiple of a page of the file", at: .ramBlock(0)),
        Entry(
            .mappedRAM,
            [
                "(%s) failed to read page %x from file offset %x",
                "(%s) failed to read page %sfrom file offset %x",
            ],
            "page 0x%2 of block %1 can't be read at 0x%3 of the file",
            try: "copy the file again, with its holes", at: .ramBlock(0)),
        Entry(
            .mappedRAM, "Migration mapped-ram capability version not supported",
            "the mapped-ram header is of another version", at: .ram),
        Entry(
            .mappedRAM, "Could not read whole mapped-ram migration header",
            "the file ends inside a mapped-ram header", at: .ram),
        Entry(
            .mappedRAM, "Error reading dirty bitmap", "the page bitmap of mapped-ram can't be read",
            try: "copy the file again, with its holes", at: .ram),
        Entry(
            .mappedRAM, "page outside of ramblock %s range", "a mapped-ram page outside block %1",
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
            try: "migrate again, when the guest does not boot"),
        Entry(
            .ramCompressed, ["compressed data failed!"], "a page does not unpack",
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
            .ramAddress, "Bad ram offset %x", "an address outside of any RAM block",
            try: "the same -m and memory devices", at: .ram),
    ]
}
