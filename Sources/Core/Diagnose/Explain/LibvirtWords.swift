import Bytes

/// Reasons in libvirt's own words, for logs in which the catalogue knows nothing: `error: operation failed: WORDS`, as virsh,
/// its bindings and KubeVirt print it.
enum LibvirtWords {
    // The error classes of virErrorMsg() (src/util/virerror.c) with their advice.
    private static let classes: [(name: String, entry: CatalogueEntry)] = [
        ("internal error: ", entry(ownLog)),
        ("operation failed: ", entry(ownLog)),
        (
            "unsupported configuration: ",
            entry(
                "the guest's XML asks for what this host's libvirt or QEMU does not have: update them, or change it (virsh edit; of a saved guest virsh save-image-edit; for a migration --xml)"
            )
        ),
        (
            "Requested operation is not valid: ",
            entry(
                "the guest is not in the state for it: see virsh domstate NAME --reason, domjobinfo NAME and snapshot-list NAME, and end what stands in the way"
            )
        ),
        (
            "Operation not supported: ",
            entry("this libvirt or QEMU can't do that: update it, or go another way")
        ),
        ("argument unsupported: ", entry("this libvirt or QEMU can't do that: update it, or go another way")),
        (
            "invalid argument: ",
            entry("look at the options and the XML that it was given: virt-xml-validate FILE")
        ),
        (
            "XML error: ",
            entry("look at the XML that it was given: virsh dumpxml NAME, virt-xml-validate FILE")
        ),
    ]

    private static let ownLog =
        "its daemon's log of that time, on both hosts, says what was done before (journalctl -u virtqemud, -u libvirtd); then QEMU's (/var/log/libvirt/qemu/NAME.log)"

    private static let system = entry(ownLog)

    // Texts that precede the class: of virsh, Python, Java, Ruby and KubeVirt.
    private static let openings = [
        "error: ", "libvirtError: ", "LibvirtException: ", "Libvirt::Error: ", "Message='",
    ]

    // Lines after which virsh prints the reason; a system error has no class.
    private static let failures = [
        "error: Failed to start domain", "error: Failed to restore domain", "error: Failed to save domain",
        "error: Failed to create domain", "error: Failed to resume domain",
    ]

    /// Returns the last reason in a log. O(bytes · openings).
    static func cause(_ lines: [[UInt8]]) -> FailureReport.Cause? {
        guard lines.contains(where: GuestMarks.areIn) || lines.count == 1 && isOwn(lines[0]) else {
            return nil
        }
        var last: FailureReport.Cause?
        var isAfterFailure = false
        for line in lines.map({ String(decoding: $0, as: UTF8.self) }) {
            if let found = cause(line, isAfterFailure) { last = found }
            isAfterFailure = failures.contains { line.contains($0) }
        }
        return last
    }

    // A single line needs a class that only libvirt has.
    private static func isOwn(_ line: [UInt8]) -> Bool {
        ["error: unsupported configuration: ", "error: Requested operation is not valid: "]
            .contains { line.starts(with: $0.utf8) }
    }

    private static func cause(_ line: String, _ isAfterFailure: Bool) -> FailureReport.Cause? {
        for opening in openings + (line.contains("Call to vir") ? ["failed: "] : []) {
            for (name, entry) in classes {
                guard let place = line.firstRange(of: opening + name) else { continue }
                return cause(entry, words(line[place.upperBound...]))
            }
        }
        guard isAfterFailure, let place = line.firstRange(of: "error: ") else { return nil }
        return cause(system, words(line[place.upperBound...]))
    }

    private static func cause(_ entry: CatalogueEntry, _ words: String) -> FailureReport.Cause? {
        guard words.count > 3 else { return nil }
        return FailureReport.Cause(entry: entry, values: [words], line: words, isCommon: true)
    }

    // Removes the end of a quotation.
    private static func words(_ text: Substring) -> String {
        let end = text.firstRange(of: "')")?.lowerBound ?? text.endIndex
        let own = text[..<end].prefix(400)
        return DisplayText.escaped(bytes: Array(own.utf8)).trimmed
    }

    private static func entry(_ advice: String) -> CatalogueEntry {
        CatalogueEntry(.messageUnknown, [], "libvirt's reason: %1", try: advice, by: .libvirt)
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while let last = text.last, " `\"'*\r\n".contains(last) { text.removeLast() }
        while text.first == " " { text.removeFirst() }
        return String(text)
    }
}
