import Bytes

/// The reason of a failure in the words of the program that reports it, for logs in which the catalogue knows none: QEMU's
/// last line, libvirt's error, or the last error of what is above them.
enum ReportedReason {
    /// The last lines that are searched.
    private static let lineLimit = 4000

    /// Returns the reason; nil when nobody names one. O(bytes · texts).
    static func cause(_ lines: [[UInt8]], _ statements: [LogStatement]) -> FailureReport.Cause? {
        guard lines.contains(where: GuestMarks.areIn) else {
            return lines.count == 1 ? own(lines[0]) : nil
        }
        let last = lines.suffix(lineLimit)
        let isAboutSaving = last.contains(where: isTopic)
        return (isAboutSaving ? qemu(statements) ?? backtrace(Array(last)) : nil) ?? libvirt(Array(last))
            ?? (isAboutSaving ? manager(Array(last)) : nil)
    }

    private static let topics = [
        "migrat", "snapshot", "restor", "loadvm", "savevm", "-incoming", "managedsave", "managed save",
        "suspend",
        "reason=failed", "process exited",
    ].map { Array($0.utf8) }

    private static func isTopic(_ line: [UInt8]) -> Bool {
        let line = line.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        return topics.contains { LogText.contains($0, in: line) }
    }

    // MARK: QEMU

    private static let calm = ["info:", "info :", "char device redirected", "QEMU waiting for"]

    private static func qemu(_ statements: [LogStatement]) -> FailureReport.Cause? {
        let last = statements.last { statement in
            !statement.program.isEmpty && !statement.isWarning && statement.messages.isEmpty
                && statement.text.count >= 8 && statement.text.contains(where: \.isLetter)
                && !calm.contains { statement.text.contains($0) }
        }
        guard let last else { return nil }
        let words = trimmed(last.text)
        let advice =
            "QEMU's last message: "
            + (ReasonArea.advice(words)
                ?? "it may be the reason why it ended; start it by hand with the same options to see it again, and read its complete log")
        return cause("QEMU's message: %1", advice, words, by: .any)
    }

    private static func backtrace(_ lines: [[UInt8]]) -> FailureReport.Cause? {
        guard let place = Backtrace.place(lines) else { return nil }
        let file = place.path.split(separator: "/").suffix(2).joined(separator: "/")
        let words = DisplayText.escaped("\(place.function) (\(file))")
        let part = AssertionPart.advice(path: place.path[...]).map { "; " + $0 } ?? ""
        switch place.kind {
        case .ended:
            return cause(
                "QEMU aborted in %1",
                "it is a bug of QEMU, or a state that it does not allow: update it" + part, words,
                by: .any, code: .destinationAborts)
        case .waits:
            return cause(
                "QEMU waits in %1",
                "it hangs: check what it waits for (network, storage, the other side), and its other threads; update QEMU"
                    + part, words, by: .any, code: .destinationAborts)
        case .crashed:
            return cause(
                "QEMU crashed in %1", "it is a bug of QEMU: update it" + part, words, by: .any,
                code: .destinationAborts)
        }
    }

    // MARK: libvirt

    // The error classes of virErrorMsg() (src/util/virerror.c); only libvirt has these.
    private static let ownClasses = [
        "unsupported configuration: ", "Requested operation is not valid: ", "Operation not supported: ",
        "argument unsupported: ", "Timed out during operation: ", "Hook script execution failed: ",
        "the CPU is incompatible with host CPU: ", "Storage volume not found: ", "Storage pool not found: ",
        "Network not found: ", "Domain snapshot not found: ", "Domain not found: ", "revert requires force: ",
        "Failed to make domain persistent after migration: ", "block copy still active: ",
        "SSH transport error: ",
        "libssh transport error: ", "Guest agent is not responding: ", "Unsafe migration: ",
        "Node device not found: ", "Security model not found: ", "Interface not found: ",
        "Error while building firewall: ", "Network filter not found: ", "Secret not found: ",
        "XML document failed to validate against schema: ",
        "this function is not supported by the connection driver: ",
        "operation forbidden: ",
    ]
    private static let commonClasses = [
        "internal error: ", "operation failed: ", "XML error: ", "invalid argument: ", "out of memory: ",
        "operation aborted: ", "authentication failed: ", "resource busy: ", "access denied: ",
        "error from service: ", "device not found: ", "library call failed: ", "numerical overflow: ",
        "metadata not found: ", "no hostname found: ",
    ]
    private static let classes = (ownClasses + commonClasses).map { (name: $0, bytes: Array($0.utf8)) }
    private static let own = Set(ownClasses)

    private static let classAdvice: [String: String] = [
        "unsupported configuration: ":
            "the guest's XML asks for something that this host's libvirt or QEMU does not have: update them, or change the XML (virsh edit; for a saved guest, virsh save-image-edit; for a migration, --xml)",
        "Requested operation is not valid: ":
            "the guest is in the wrong state for it: check virsh domstate NAME --reason, domjobinfo NAME and snapshot-list NAME, and end the job that prevents it",
        "Operation not supported: ":
            "this libvirt or QEMU can't do that: update it, or choose a different way",
        "argument unsupported: ": "this libvirt or QEMU can't do that: update it, or choose a different way",
        "invalid argument: ": "check the options and the XML that libvirt was given: virt-xml-validate FILE",
        "XML error: ": "check the XML that libvirt was given: virsh dumpxml NAME, virt-xml-validate FILE",
        "Timed out during operation: ":
            "something did not answer in time: check the storage, network and load of this host, and try again",
        "Hook script execution failed: ":
            "look at the script in /etc/libvirt/hooks of this host: it ended with an error",
        "revert requires force: ":
            "the guest's XML differs from the snapshot's: revert with --force if that is intended, or first give the guest the snapshot's configuration",
    ]

    private static let daemonLog =
        "look at the daemon's log of that time on both hosts (journalctl -u virtqemud, -u libvirtd) for earlier steps; then at QEMU's log (/var/log/libvirt/qemu/NAME.log)"

    // Texts that precede the class: of virsh, Python, Java, Ruby and KubeVirt.
    private static let openings = [
        "error: ", "libvirtError: ", "LibvirtException: ", "Libvirt::Error: ", "Message='", "failed: ",
        "failure: ",
    ].map { Array($0.utf8) }

    // Lines after which virsh prints the reason; a system error has no class.
    private static let failures = [
        "error: Failed to start domain", "error: Failed to restore domain", "error: Failed to save domain",
        "error: Failed to create domain", "error: Failed to resume domain", "error: Failed to revert",
        "error: Failed to define domain",
    ].map { Array($0.utf8) }

    private static func libvirt(_ lines: [[UInt8]]) -> FailureReport.Cause? {
        var last: FailureReport.Cause?
        var isAfterFailure = false
        for line in lines {
            if let found = libvirt(line, isAfterFailure) { last = found }
            isAfterFailure = failures.contains { LogText.contains($0, in: line) }
        }
        return last
    }

    private static func libvirt(_ line: [UInt8], _ isAfterFailure: Bool) -> FailureReport.Cause? {
        if let (words, function) = daemonError(line) ?? launcherError(line) {
            return libvirt(words, function: function)
        }
        for (name, bytes) in classes {
            guard let place = LogText.firstIndex(of: bytes, in: line), isClass(name, at: place, line) else {
                continue
            }
            return libvirt(text(line[place...]))
        }
        guard isAfterFailure, let place = LogText.firstIndex(of: Array("error: ".utf8), in: line) else {
            return nil
        }
        return libvirt(text(line[(place + 7)...]))
    }

    // A class that other programs have, too, needs an opening before it or a guest's mark beside it.
    private static func isClass(_ name: String, at place: Int, _ line: [UInt8]) -> Bool {
        if place > 0, (0x41...0x7a).contains(line[place - 1]) { return false }
        if openings.contains(where: { line[..<place].suffix($0.count).elementsEqual($0) }) { return true }
        return own.contains(name) || GuestMarks.areIn(line)
    }

    // A single line needs a class that only libvirt has.
    private static func own(_ line: [UInt8]) -> FailureReport.Cause? {
        for (name, bytes) in classes where own.contains(name) {
            if line.starts(with: Array("error: ".utf8) + bytes) { return libvirt(text(line[7...])) }
        }
        return nil
    }

    private static func libvirt(_ words: String, function: String = "") -> FailureReport.Cause? {
        let name = classes.first { words.hasPrefix($0.name) }?.name
        let reason = name.map { String(words.dropFirst($0.count)) } ?? words
        let known = name.flatMap { classAdvice[$0] }
        let area = ReasonArea.advice(reason, function: function)
        let advice = [known, area].compactMap { $0 }.joined(separator: "; ")
        return cause(
            "libvirt's reason: %1", advice.isEmpty ? daemonLog : advice, trimmed(reason), by: .libvirt)
    }

    // `2018-04-12 10:55:22.133+0000: 4139: error : virNetSocketReadWire:1808 : End of file`.
    private static func daemonError(_ line: [UInt8]) -> (String, String)? {
        guard let place = LogText.firstIndex(of: Array(": error : ".utf8), in: line) else { return nil }
        let rest = line[(place + 10)...]
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")), colon - rest.startIndex < 64 else {
            return nil
        }
        let number = rest[(colon + 1)...].prefix { (0x30...0x39).contains($0) }
        guard !number.isEmpty, line[number.endIndex...].starts(with: " : ".utf8) else { return nil }
        return (text(line[(number.endIndex + 3)...]), text(rest[..<colon]))
    }

    // `{…"level":"error","msg":"…","pos":"virProcessSetAffinity:529","subcomponent":"libvirt"…`.
    private static func launcherError(_ line: [UInt8]) -> (String, String)? {
        guard LogText.contains(Array("\"subcomponent\":\"libvirt\"".utf8), in: line),
            LogText.contains(Array("\"level\":\"error\"".utf8), in: line),
            let words = value("\"msg\":\"", in: line)
        else { return nil }
        return (words, value("\"pos\":\"", in: line) ?? "")
    }

    private static func value(_ key: String, in line: [UInt8]) -> String? {
        guard let place = LogText.firstIndex(of: Array(key.utf8), in: line) else { return nil }
        let rest = Array(line[(place + key.utf8.count)...])
        let end = LogText.firstIndex(of: Array("\",\"".utf8), in: rest) ?? rest.count
        return text(rest[..<end])
    }

    // MARK: Managers

    private static let marks = [
        "TASK ERROR: ", "ERROR: ", "Error: ", "error: ", "Exception: ", "\"reason\":\"", "\"error\":\"",
        "failureReason: ", " ERROR ", "[ERROR] ", "failed with error: ", "[error] ", "the error \"",
        "error \"",
        "restore failed: ", "start failed: ", "suspend failed: ", "snapshot failed: ", "migrate failed: ",
    ].map { Array($0.utf8) }

    private static func manager(_ lines: [[UInt8]]) -> FailureReport.Cause? {
        for line in lines.reversed() where !isCalm(line) {
            guard let mark = marks.first(where: { LogText.contains($0, in: line) }),
                let place = LogText.firstIndex(of: mark, in: line)
            else { continue }
            var words = text(line[(place + mark.count)...])
            if mark.last == UInt8(ascii: "\""), let end = words.firstRange(of: "\",\"") {
                words = String(words[..<end.lowerBound])
            }
            guard words.count > 7 else { continue }
            let advice =
                "the log has no reason from QEMU or libvirt: "
                + (ReasonArea.advice(words).map { $0 + "; " } ?? "")
                + "look at their logs of that time on both hosts (/var/log/libvirt/qemu/NAME.log, journalctl), the destination's first"
            return cause("the last error in the log: %1", advice, trimmed(words), by: .any)
        }
        return nil
    }

    private static func isCalm(_ line: [UInt8]) -> Bool {
        ["no error", "0 errors", "without error"].contains { LogText.contains(Array($0.utf8), in: line) }
    }

    // MARK: Words

    private static func cause(
        _ text: String, _ advice: String, _ words: String, by side: CatalogueEntry.Side,
        code: FindingCode = .messageUnknown
    ) -> FailureReport.Cause? {
        guard words.count > 3 else { return nil }
        let entry = CatalogueEntry(code, [], text, try: advice, by: side)
        return FailureReport.Cause(entry: entry, values: [words], line: words, isCommon: true)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        DisplayText.escaped(bytes: Array(bytes.prefix(600)))
    }

    // Removes the end of a quotation and of what is around it.
    private static func trimmed(_ words: String) -> String {
        let end = words.firstRange(of: "')")?.lowerBound ?? words.endIndex
        var text = words[..<end].prefix(400)
        while let last = text.last, " `\"'*}]\r\n".contains(last) { text.removeLast() }
        while text.first == " " { text.removeFirst() }
        return String(text)
    }
}
