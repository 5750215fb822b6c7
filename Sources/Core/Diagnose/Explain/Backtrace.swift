/// A backtrace of QEMU in a log, as gdb and coredumpctl print it.
package enum Backtrace {
    /// The innermost frame in QEMU's own sources.
    package struct Place: Equatable {
        package enum Kind { case ended, waits, crashed }

        package var kind: Kind
        package var function: String
        package var path: String
    }

    private struct Frame {
        var function: String
        var path: String
    }

    // Functions of the C library that end a process, and those that wait.
    private static let endings = [
        "abort", "raise", "__assert_fail", "g_assertion_message", "gsignal", "pthread_kill",
    ]
    private static let waits = [
        "poll", "futex", "lll_lock_wait", "cond_wait", "sem_wait", "pthread_join", "read", "write",
        "nanosleep",
        "recvmsg", "sendmsg", "select", "epoll_wait", "ibv_get", "syscall",
    ]

    /// Returns the place of the first backtrace; nil where there is none, or no line of it names a source.
    package static func place(_ lines: [[UInt8]]) -> Place? {
        var frames: [Frame] = []
        for line in lines {
            guard let (number, rest) = frame(line) else {
                if let path = path(line[...]) ?? wrapped(line), let last = frames.indices.last,
                    frames[last].path.isEmpty
                {
                    frames[last].path = path
                }
                continue
            }
            if number == 0, !frames.isEmpty { break }
            frames.append(Frame(function: function(rest), path: path(rest) ?? ""))
            if frames.count >= 32 { break }
        }
        guard let own = frames.firstIndex(where: { isOwn($0) }) else { return nil }
        let kind: Place.Kind
        if frames[...own].contains(where: { frame in endings.contains { frame.function.hasPrefix($0) } }) {
            kind = .ended
        } else if let first = frames.first, own > 0, waits.contains(where: { first.function.contains($0) }) {
            kind = .waits
        } else {
            kind = .crashed
        }
        return Place(kind: kind, function: frames[own].function, path: frames[own].path)
    }

    private static func isOwn(_ frame: Frame) -> Bool {
        !frame.path.isEmpty && !frame.path.contains("sysdeps") && !frame.path.contains("nptl/")
            && !frame.path.contains("stdlib/") && !frame.path.contains("assert.c")
            && !frame.path.contains("glib/")
            && !frame.function.hasPrefix("_") && !endings.contains { frame.function.hasPrefix($0) }
    }

    // `#3  0x0000555555997951 in NAME (…) at block/qcow2-cache.c:262`, also quoted in a mail.
    private static func frame(_ line: [UInt8]) -> (Int, ArraySlice<UInt8>)? {
        let text = line.drop { $0 == 0x20 || $0 == UInt8(ascii: ">") }
        guard text.first == UInt8(ascii: "#") else { return nil }
        let digits = text.dropFirst().prefix { (0x30...0x39).contains($0) }
        guard (1...3).contains(digits.count), let number = Int(String(decoding: digits, as: UTF8.self)) else {
            return nil
        }
        var rest = text[digits.endIndex...].drop { $0 == 0x20 }
        guard rest.startIndex > digits.endIndex else { return nil }
        if rest.starts(with: "0x".utf8) {
            rest = rest.drop { $0 != 0x20 }.drop { $0 == 0x20 }
            guard rest.starts(with: "in ".utf8) else { return nil }
            rest = rest.dropFirst(3)
        }
        return rest.contains(UInt8(ascii: "(")) ? (number, rest) : nil
    }

    private static func function(_ rest: ArraySlice<UInt8>) -> String {
        String(decoding: rest.prefix { $0 != 0x20 && $0 != UInt8(ascii: "(") }.prefix(80), as: UTF8.self)
    }

    // The word after `at ` that names a source and a line.
    private static func path(_ line: ArraySlice<UInt8>) -> String? {
        let words = line.split(separator: 0x20)
        guard let at = words.lastIndex(where: { $0.elementsEqual("at".utf8) }), at + 1 < words.count else {
            return nil
        }
        return source(words[at + 1])
    }

    // A path that a mail has put on the next line.
    private static func wrapped(_ line: [UInt8]) -> String? {
        line.drop { $0 == 0x20 || $0 == UInt8(ascii: ">") }.split(separator: 0x20).first.flatMap(source)
    }

    private static func source(_ bytes: ArraySlice<UInt8>) -> String? {
        let word = String(decoding: bytes.prefix(200), as: UTF8.self)
        guard let place = word.firstRange(of: ".c:") ?? word.firstRange(of: ".h:"),
            word[place.upperBound...].first?.isNumber ?? false
        else { return nil }
        return word
    }
}
