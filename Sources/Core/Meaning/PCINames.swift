import Bytes
import Synchronization

/// The names of PCI vendors and devices from the list that distributions install (Debian: package pci.ids).
///
/// The file stays mapped, and only the offsets of vendors are stored. Everything is empty if the list is not
/// installed.
package struct PCINames: Sendable {
    /// The paths at which distributions install the list.
    package static let installedPaths = ["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"]

    private enum Source: Sendable {
        case paths([String])
        case opened(PCINames)
    }

    private static let source = Mutex(Source.opened(PCINames(path: "")))

    /// The list that supplies names. Empty until `use` names one, so that nothing depends on the software
    /// installed on a machine unless the program requests it.
    package static var known: PCINames {
        source.withLock { source in
            switch source {
            case .opened(let names): return names
            case .paths(let paths):
                let lists = paths.lazy.map { PCINames(path: $0) }
                let names = lists.first { $0.text != nil } ?? PCINames(path: "")
                source = .opened(names)
                return names
            }
        }
    }

    /// Uses the first of these files that can be read, which is opened when a name is first needed.
    package static func use(paths: [String]) { source.withLock { $0 = .paths(paths) } }

    private let text: MappedRegion?
    // The vendor ids with the offsets of their lines, in file order.
    private let vendors: [(id: UInt16, offset: Int)]

    /// The maximum size in bytes; a larger file is not a list of names.
    private static let sizeLimit = 16 << 20

    /// Reads the list. O(file).
    package init(path: String) {
        let file = try? MappedRegion.open(path: path)
        let text = file.flatMap { $0.count <= Self.sizeLimit ? $0 : nil }
        self.text = text
        vendors = text.map(Self.vendors) ?? []
    }

    /// Returns a name such as `Intel Corporation`; nil for an unknown vendor. O(vendors).
    package func vendor(_ id: UInt16) -> String? {
        guard let text, let place = vendors.first(where: { $0.id == id }) else { return nil }
        return Self.name(text, at: place.offset + 4)
    }

    /// Returns a name such as `82540EM Gigabit Ethernet Controller`; nil for an unknown device. O(vendors +
    /// devices of the vendor).
    package func device(_ vendor: UInt16, _ id: UInt16) -> String? {
        guard let text, let index = vendors.firstIndex(where: { $0.id == vendor }) else { return nil }
        let end = index + 1 < vendors.count ? vendors[index + 1].offset : text.count
        var offset = Self.nextLine(text, after: vendors[index].offset)
        while offset < end {
            if text.byte(at: offset) == UInt8(ascii: "\t"), Self.hex(text, at: offset + 1) == id {
                return Self.name(text, at: offset + 5)
            }
            offset = Self.nextLine(text, after: offset)
        }
        return nil
    }

    // Lines of vendors begin with four digits; the list of classes at the end of the file begins with `C `.
    private static func vendors(_ text: MappedRegion) -> [(id: UInt16, offset: Int)] {
        var result: [(id: UInt16, offset: Int)] = []
        var offset = 0
        while offset < text.count {
            if text.matches("C ", at: offset) { break }
            if let id = hex(text, at: offset) { result.append((id, offset)) }
            offset = nextLine(text, after: offset)
        }
        return result
    }

    private static func nextLine(_ text: MappedRegion, after offset: Int) -> Int {
        let bytes = text.span
        var next = offset
        while next < bytes.byteCount, bytes[byteAt: next] != 0x0a { next += 1 }
        return next + 1
    }

    private static func hex(_ text: MappedRegion, at offset: Int) -> UInt16? {
        guard offset + 4 < text.count, text.byte(at: offset + 4) == UInt8(ascii: " ") else { return nil }
        return UInt16(String(decoding: text.copy(offset..<offset + 4), as: UTF8.self), radix: 16)
    }

    private static func name(_ text: MappedRegion, at offset: Int) -> String {
        let end = min(nextLine(text, after: offset) - 1, text.count)
        let line = text.copy(offset..<max(offset, end))
        return DisplayText.escaped(bytes: line.drop { $0 == 0x20 })
    }
}
