/// A version of QEMU, such as 10.0: stable releases of one minor version print the same messages.
package struct QEMUVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let major: Int
    package let minor: Int

    package init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `11.1`, `11.1.2` and the end of a machine type (`pc-q35-11.1`); nil for anything else.
    package init?(_ text: some StringProtocol) {
        let last = text.split(separator: "-").last ?? ""
        let parts = last.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.count <= 3, let major = Int(parts[0]), let minor = Int(parts[1]),
            (0..<1000).contains(major), (0..<1000).contains(minor),
            parts.dropFirst(2).allSatisfy({ Int($0) != nil })
        else { return nil }
        self.init(major, minor)
    }

    package static func < (left: QEMUVersion, right: QEMUVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    package var description: String { "\(major).\(minor)" }

    /// The lower bound of all versions.
    package static let first = QEMUVersion(0, 0)
    /// Since this version, errors of the loader propagate into a single line (migration/savevm.c, vmstate.c).
    package static let chained = QEMUVersion(10, 2)
    /// Since this version, the configuration section and equal fields also report through that line.
    package static let v11 = QEMUVersion(11, 0)
}
