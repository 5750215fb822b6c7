/// The ways in which people have a log: what carried it has changed its bytes.
enum LogWrapping: String, CaseIterable, Sendable {
    case plain, libvirt, journal, journalJSON, journalNumbers, syslog, rsyslog, docker, dockerJSON, kubevirt
    case escapedTwice, colors, utf16, html, mail, quotedPrintable, table, columns, terminal, oneLine, crlf,
        noPrefix
    case proxmox, markdown
    case compose, shownColors, spans, logfmt, yaml, cell, numbered, diff, inlineCode, forum, cdata, timedLine
    case softBreaks, shownEnds

    private static let time = "2026-11-29T10:11:12.345678Z"

    /// `lines` as QEMU prints them, with the program's name.
    func wrapped(_ lines: [String]) -> [UInt8] {
        if self == .utf16 { return Self.wide(lines.joined(separator: "\r\n") + "\r\n") }
        return Array(text(lines).utf8)
    }

    private func text(_ lines: [String]) -> String {
        let all = lines.joined(separator: "\n")
        let time = Self.time
        switch self {
        case .plain: return all + "\n"
        case .utf16: return ""
        case .libvirt:
            return "2026-11-29 10:11:12.345+0000: starting up libvirt version: 11.3.0\n"
                + lines.map { "\(time) \($0)\n" }.joined()
                + "2026-11-29 10:11:13.000+0000: shutting down, reason=failed\n"
        case .journal:
            return lines.map {
                "Nov 29 10:11:12 host libvirtd[4242]: internal error: QEMU unexpectedly closed the monitor (vm='a'): \(time) \($0)\n"
            }.joined()
        case .journalJSON:
            return lines.map {
                #"{"__REALTIME_TIMESTAMP":"1","MESSAGE":\#(Self.quoted($0)),"PRIORITY":"3","_PID":"7"}"#
                    + "\n"
            }.joined()
        case .journalNumbers:
            return lines.map { line in
                let numbers = line.utf8.map(String.init).joined(separator: ",")
                return #"{"PRIORITY":"3","MESSAGE":[\#(numbers)]}"# + "\n"
            }.joined()
        case .syslog: return lines.map { "Nov 29 10:11:12 host qemu[99]: \($0)\n" }.joined()
        case .rsyslog: return "Nov 29 10:11:12 host libvirtd: " + lines.joined(separator: "#012") + "\n"
        case .docker: return lines.map { "\(time) stderr F \($0)\n" }.joined()
        case .dockerJSON:
            return lines.map {
                #"{"log":\#(Self.quoted($0 + "\n")),"stream":"stderr","time":"\#(time)"}"# + "\n"
            }.joined()
        case .kubevirt:
            return lines.map {
                #"{"component":"virt-launcher","level":"info","msg":\#(Self.quoted($0)),"subcomponent":"qemu","timestamp":"\#(time)"}"#
                    + "\n"
            }.joined()
        case .escapedTwice:
            return
                #"{"level":"error","msg":"Live migration failed","reason":\#(Self.quoted(Self.quoted(all)))}"#
                + "\n"
        case .colors: return lines.map { "\u{1b}[31m\u{1b}[1m\($0)\u{1b}[0m\u{1b}[K\n" }.joined()
        case .html:
            return "<div><pre><code>" + Self.entities(lines.joined(separator: "<br>"))
                + "</code></pre></div>\n"
        case .mail:
            return "On Monday somebody wrote:\n"
                + lines.flatMap { Self.filled($0, 72) }.map { "> > \($0)\n" }.joined()
        case .quotedPrintable: return Self.quotedPrintable(all)
        case .table: return "+------+\n" + lines.map { "| \($0) |\n" }.joined() + "+------+\n"
        case .columns: return lines.flatMap { Self.filled($0, 60) }.map { $0 + "\n" }.joined()
        case .terminal: return lines.flatMap { Self.cut($0, 80) }.map { $0 + "\n" }.joined()
        case .oneLine: return "error: operation failed: job failed: " + lines.joined(separator: " ") + "\n"
        case .crlf: return lines.joined(separator: "\r\n") + "\r\n"
        case .noPrefix:
            return lines.map { line in line.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? line
            }.joined(separator: "\n")
        case .proxmox:
            return lines.map { "2026-11-29 10:11:12 [node2] QEMU: \($0)\n" }.joined()
                + "2026-11-29 10:11:13 ERROR: migration aborted (duration 00:00:09): Migration of VM 100 failed\nTASK ERROR: migration aborted\n"
        case .compose: return lines.map { "vm-1  | \($0)\n" }.joined()
        case .shownEnds: return lines.map { "\($0)^M$\n" }.joined()
        case .shownColors: return lines.map { "^[[31m\($0)^[[0m\n" }.joined()
        case .spans:
            return lines.map { "<div class=\"line\"><span>1</span><span>\(Self.entities($0))</span></div>" }
                .joined()
        case .logfmt: return lines.map { "time=\(time) level=error msg=\(Self.quoted($0)) pid=7\n" }.joined()
        case .yaml:
            return lines.map { line in
                "failureReason: 'virError(Code=1, Message=''"
                    + line.map { $0 == "'" ? "''" : String($0) }.joined() + "'')'\n"
            }.joined()
        case .cell:
            return "1,error,\"" + all.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\",x\n"
        case .numbered: return lines.map { "101:\($0)\n" }.joined()
        case .diff: return lines.map { "+\($0)\n" }.joined()
        case .inlineCode: return lines.map { "- `\($0)` was in the log\n" }.joined()
        case .forum: return "[CODE]" + all + "[/CODE]\n"
        case .cdata: return "<log><![CDATA[" + all + "]]></log>\n"
        case .timedLine: return lines.map { "\(time) \($0)" }.joined(separator: " ") + "\n"
        case .softBreaks:
            return lines.flatMap { Self.cut($0, 75) }.map { $0.count == 75 ? "\($0)=\n" : "\($0)\n" }.joined()
        case .markdown: return "I get this:\n\n```\n" + all + "\n```\n\nAny ideas?\n"
        }
    }

    private static func wide(_ text: String) -> [UInt8] {
        [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
    }

    private static func quoted(_ text: String) -> String {
        "\""
            + text.map { character -> String in
                switch character {
                case "\\": "\\\\"
                case "\"": "\\\""
                case "\n": "\\n"
                case "<": "\\u003c"
                case ">": "\\u003e"
                default: String(character)
                }
            }.joined() + "\""
    }

    private static func entities(_ text: String) -> String {
        text.map { character -> String in
            switch character {
            case "&": "&amp;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: String(character)
            }
        }.joined()
    }

    private static func quotedPrintable(_ text: String) -> String {
        var result = ""
        var column = 0
        for character in text {
            let words = character == "=" ? "=3D" : character == "'" ? "=27" : String(character)
            if column + words.count > 74, character != "\n" {
                result += "=\n"
                column = 0
            }
            result += words
            column = character == "\n" ? 0 : column + words.count
        }
        return result + "\n"
    }

    // Broken at spaces, as mail programs do.
    private static func filled(_ line: String, _ width: Int) -> [String] {
        var result = [""]
        for word in line.split(separator: " ") {
            if !result[result.count - 1].isEmpty, result[result.count - 1].count + word.count >= width {
                result.append("")
            }
            result[result.count - 1] += (result[result.count - 1].isEmpty ? "" : " ") + word
        }
        return result
    }

    // Broken anywhere, as terminals do.
    private static func cut(_ line: String, _ width: Int) -> [String] {
        var rest = line[...]
        var result: [String] = []
        while !rest.isEmpty {
            result.append(String(rest.prefix(width)))
            rest = rest.dropFirst(width)
        }
        return result
    }
}
