import Bytes
import Foundation
import Meaning
import Stream

@testable import TUI

/// Streams that the tests open. Unpacked once, kept in memory.
enum Fixture {
    enum Failure: Error { case unpacking(String) }

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("CoreTests/Fixtures")

    private static let sampleBytes = Result { try unpack("sample-q35-10.0.mig") }
    private static let smallBytes = Result { try unpack("m68k-virt-7.2.mig") }
    private static let resentBytes = Result { try unpack("xbzrle-10.0.mig") }
    private static let undescribedBytes = Result { try unpack("no-vmdesc-7.2.mig") }

    /// 961 913 bytes, 2 CPUs, 52 sections.
    static func sample() throws -> Document { try open(sampleBytes, "sample-q35-10.0.mig") }
    /// 25 595 bytes.
    static func small() throws -> Document { try open(smallBytes, "m68k-virt-7.2.mig") }
    /// A stream whose pages were sent again, as what has changed.
    static func resent() throws -> Document { try open(resentBytes, "xbzrle-10.0.mig") }
    /// A stream without a description.
    static func undescribed() throws -> Document { try open(undescribedBytes, "no-vmdesc-7.2.mig") }

    /// Arm virt, with registers in lists.
    static func arm() throws -> Document {
        try open(Result { try unpack("aarch64-virt-10.0.mig") }, "aarch64-virt-10.0.mig")
    }

    /// The sample, cut in the middle of its devices.
    static func cut() throws -> Document {
        try Document.open(
            region: MappedRegion(copying: Array(sampleBytes.get().prefix(400_000))), name: "cut.mig")
    }

    /// The sample with the footers of sections gone, by default that of the CPU.
    static func damaged(_ sections: [String] = ["cpu:0"]) throws -> Document {
        var bytes = try sampleBytes.get()
        let sample = try sample()
        for section in sections {
            bytes[sample.tree.node(try sample.place("\(section)/@footer", from: 0).path).offset] = 0
        }
        return try Document.open(region: MappedRegion(copying: bytes), name: "damaged.mig")
    }

    /// The sample with a byte of the RTC's memory and one of the last page of RAM changed.
    static func changed() throws -> Document {
        var bytes = try sampleBytes.get()
        let sample = try sample()
        bytes[sample.tree.node(try sample.place("mc146818rtc:0/cmos_data", from: 0).path).offset + 0x40] ^=
            0xff
        if let page = try sample.place("pc.ram@0x20000", from: 0).offset { bytes[page + 100] ^= 0xff }
        return try Document.open(region: MappedRegion(copying: bytes), name: "changed.mig")
    }

    /// What QEMU says to `damaged`, as a log has it.
    static let damageLog = """
        2026-03-01T10:00:00.123456Z qemu-system-x86_64: Missing section footer for cpu
        2026-03-01T10:00:00.123457Z qemu-system-x86_64: load of migration failed: Invalid argument
        """

    /// The names that screens show, whatever list of PCI ids this machine has.
    private static let names: Void = PCINames.use(paths: [folder.appendingPathComponent("pci.ids").path])

    private static func open(_ bytes: Result<[UInt8], any Error>, _ name: String) throws -> Document {
        names
        return try Document.open(region: MappedRegion(copying: bytes.get()), name: name)
    }

    private static func unpack(_ name: String) throws -> [UInt8] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "xz", "--decompress", "--stdout", folder.appendingPathComponent("\(name).xz").path,
        ]
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure.unpacking(name) }
        return [UInt8](bytes)
    }
}

extension Browser {
    /// The browser after some keys, on a screen of this size.
    static func after(
        _ keys: String, on document: Document, _ size: Size = Size(width: 80, height: 24),
        options: BrowserOptions = BrowserOptions()
    ) throws -> Browser {
        let browser = Browser(document: document, options: options)
        try browser.type(keys, size)
        return browser
    }

    /// Types a key script.
    @discardableResult
    func type(_ keys: String, _ size: Size = Size(width: 80, height: 24)) throws -> [Effect] {
        try KeyScript.parse(keys).flatMap { handle($0, size: size) }
    }

    /// Does all work that goes on.
    func finishWork(_ size: Size = Size(width: 80, height: 24)) {
        while hasWork { _ = handle(.tick, size: size) }
    }

    var model: Model { state.model }
    var selectedPath: String { state.document.tree.pathText(model.selection) }

    /// The text of the row of the screen with this number.
    func line(_ y: Int, _ size: Size = Size(width: 80, height: 24)) -> String {
        let lines = render(size: size).grid.text().split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(y) ? String(lines[y]) : ""
    }

    /// The last row.
    func status(_ size: Size = Size(width: 80, height: 24)) -> String { line(size.height - 1, size) }
}
