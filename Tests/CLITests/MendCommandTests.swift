import Foundation
import Testing

/// `edit`, `repair`, `convert` and `share` on files as people have them.
@Suite struct MendCommandTests {
    private static let images = [
        "libvirt-bzip2-10.0.save", "libvirt-gzip-10.0.save", "libvirt-lzop-10.0.save", "libvirt-xz-10.0.save",
        "libvirt-zstd-10.0.save", "microvm-10.0.mig.bz2", "microvm-10.0.mig.gz", "microvm-10.0.mig.xz",
        "microvm-10.0.mig.zst",
    ]

    private func data(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func plain(_ scratch: Scratch) throws -> String {
        let path = scratch.path("plain.mig")
        let packed = Sample.fixtures.appendingPathComponent("microvm-10.0.mig.xz").path
        let outcome = try Program.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", #"exec xz -dc "$0" > "$1""#, packed, path])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return path
    }

    /// What a stream has lost is not in what is written, and that is said.
    @Test func cutStreams() throws {
        let scratch = try Scratch()
        let cut = scratch.path("cut.mig")
        let whole = try data(try plain(scratch))
        try whole.prefix(whole.count - 30_000).write(to: URL(fileURLWithPath: cut))
        let outcome = try Program.run("convert", cut, "-o", scratch.path("out"))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("not everything is written"))
        #expect(try data(scratch.path("out")) == data(cut))
    }

    /// Commands that write a stream find it in a file as those do that show it.
    @Test func oneOfSeveralStreams() throws {
        let scratch = try Scratch()
        let both = scratch.path("both.mig")
        let plain = try plain(scratch)
        try (data(plain) + data(Sample.path)).write(to: URL(fileURLWithPath: both))
        for (command, more) in [("convert", []), ("edit", ["--version", "timer:0=2"])] {
            let made = scratch.path(command)
            let outcome = try Program.run(
                Program.url, [command, both, "--stream", "2"] + more + ["-o", made])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try data(made) == data(Sample.path))
        }
        let shared = try Program.run(
            "share", both, "--offset", "\(data(plain).count)", "-o", scratch.path("s"))
        #expect(shared.status == 0, "\(shared.errors)")
        #expect(try Program.run("info", scratch.path("s")).output.contains("pc-q35-10.0"))
        #expect(try Program.run("convert", both, "--stream", "3", "-o", scratch.path("t")).status == 2)
    }

    /// Packed images give the bare stream that is in them.
    @Test(arguments: images) func packedImages(_ name: String) throws {
        let scratch = try Scratch()
        let plain = try plain(scratch)
        let image = Sample.fixtures.appendingPathComponent(name).path
        let commands: [[String]] = [
            ["edit", image, "-o", scratch.path("edit")], ["convert", image, "-o", scratch.path("convert")],
            ["repair", image, "--like", plain, "-o", scratch.path("repair")],
        ]
        for command in commands {
            let outcome = try Program.run(Program.url, command)
            #expect(outcome.status == 0, "\(command) \(outcome.errors)")
            #expect(try data(scratch.path(command[0])) == data(plain), "\(command)")
        }
        let share = try Program.run("share", image, "-o", scratch.path("share"))
        #expect(share.status == 0, "\(share.errors)")
        #expect(try Program.run("check", scratch.path("share"), "--like", plain).status == 0)
    }

    /// What a volume has after a stream, an older one among it, is no part of what is written.
    @Test(arguments: [0, 1 << 20]) func whatIsAfterAStreamIsCut(_ gap: Int) throws {
        let scratch = try Scratch()
        let plain = try plain(scratch)
        let other = scratch.path("other")
        #expect(try Program.run("edit", plain, "--rename", "machine=other-1.0", "-o", other).status == 0)
        let volume = scratch.path("volume")
        let room = 65536 - (try data(plain).count) % 65536
        let rest = [UInt8](repeating: 0, count: room + gap)
        try (try data(plain) + rest + (try data(other))).write(to: URL(filePath: volume))
        for (words, wanted) in [
            (["convert", volume], plain), (["convert", volume, "--stream", "2"], other),
            (["edit", volume, "--drop", "trailing"], plain),
            (["edit", volume, "--stream", "2", "--drop", "trailing"], other),
        ] {
            let outcome = try Program.run(Program.url, words + ["--force", "-o", scratch.path("out")])
            #expect(outcome.status == 0 || words.contains("2"), "\(words) \(outcome.errors)")
            #expect(try data(scratch.path("out")) == data(wanted), "\(words)")
        }
        let share = try Program.run("share", volume, "-o", scratch.path("share"))
        #expect(share.status == 0, "\(share.errors)")
    }

    /// `OLD:NEW` of names with colons in them: the domain of a PCI address is no instance.
    @Test func aDeviceIsRenamedByItsAddress() throws {
        let scratch = try Scratch()
        let (old, new) = ("0000:00:07.0/virtio-rng", "0000:00:17.0/virtio-rng")
        let (moved, back) = (scratch.path("moved"), scratch.path("back"))
        #expect(
            try Program.run("edit", Sample.path, "--rename", "section=\(old):\(new)", "-o", moved).status == 0
        )
        #expect(try Program.run("info", moved).output.contains("\(new) #0"))
        let returned = try Program.run("edit", moved, "--rename", "section=\(new):0:\(old):0", "-o", back)
        #expect(returned.status == 0, "\(returned.errors)")
        #expect(try data(back) == data(Sample.path))
    }

    /// A save image around a stream, with what another one says of the guest.
    @Test func anImageFromAPackedOne() throws {
        let scratch = try Scratch()
        let plain = try plain(scratch)
        let image = Sample.fixtures.appendingPathComponent("libvirt-zstd-10.0.save").path
        let made = scratch.path("made.save")
        #expect(try Program.run("convert", plain, "--xml", image, "-o", made).status == 0)
        #expect(try Program.run("info", made).output.contains("libvirt (raw)"))
        #expect(try Program.run("convert", made, "-o", scratch.path("back")).status == 0)
        #expect(try data(scratch.path("back")) == data(plain))
    }

    /// What came out of a save image goes into one again where that is asked for, else standard error says how.
    @Test func editsOfAnImage() throws {
        let scratch = try Scratch()
        let image = Sample.fixtures.appendingPathComponent("libvirt-zstd-10.0.save").path
        let (bare, made) = (scratch.path("bare"), scratch.path("made.save"))
        let value = "mc146818rtc:0/cmos_index=5"
        let plain = try Program.run("edit", image, "--set", value, "-o", bare)
        #expect(plain.status == 0)
        #expect(plain.errors.contains("a bare stream; for virsh restore, give --xml"))
        let whole = try Program.run(
            "edit", image, "--set", value, "--xml", image, "--compress", "gzip", "-o", made)
        #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole.errors)")
        #expect(try Program.run("info", made).output.contains("libvirt (gzip)"))
        #expect(try Program.run("convert", made, "-o", scratch.path("back")).status == 0)
        #expect(try data(scratch.path("back")) == data(bare))
        let mended = try Program.run(
            "repair", image, "--like", image, "--xml", image, "-o", scratch.path("mended.save"))
        #expect(mended.status == 0 && mended.errors.isEmpty, "\(mended.errors)")
        #expect(try Program.run("check", scratch.path("mended.save"), "--like", image).status == 0)
    }

    /// As libvirt's `save_image_format` has it: the number in the header, and the stream as its program packs it.
    @Test(arguments: ["gzip", "bzip2", "xz", "lzop", "zstd"]) func packedOutput(_ name: String) throws {
        let scratch = try Scratch()
        let plain = try plain(scratch)
        let image = Sample.fixtures.appendingPathComponent("libvirt-\(name)-10.0.save").path
        let made = scratch.path("made.save")
        let bare = scratch.path("bare")
        let written = try Program.run("convert", plain, "--xml", image, "--compress", name, "-o", made)
        #expect(written.status == 0, "\(written.errors)")
        #expect(try Program.run("convert", plain, "--compress", name, "-o", bare).status == 0)
        #expect(try Program.run("info", made).output.contains("libvirt (\(name))"))
        // As the image has it, but for the length: the same version, state, format and place of the cookie.
        let (ours, theirs) = (try data(made), try data(image))
        for range in [0..<20, 24..<512] { #expect(ours[range] == theirs[range]) }
        #expect(try data(made).suffix(data(bare).count) == data(bare))
        for packed in [made, bare] {
            let back = scratch.path("back")
            #expect(try Program.run("convert", packed, "--force", "-o", back).status == 0)
            #expect(try data(back) == data(plain))
        }
        #expect(try Program.run("check", made).status == 0)
    }

    @Test func packedOutputHasLimits() throws {
        let scratch = try Scratch()
        let text = try Program.run(
            "convert", Sample.path, "--xml", Sample.path, "-o", scratch.path("a"))
        #expect(text.status == 2)
        #expect(text.errors.contains("--xml \(Sample.path): not a domain XML"))
        #expect(!text.errors.contains("not a migration stream"))
        let other = try Program.run("convert", Sample.path, "--compress", "zip", "-o", scratch.path("a"))
        #expect(other.status == 2)
        #expect(other.errors.contains("expected raw, gzip, bzip2, xz, lzop, zstd"))
        let mapped = try Program.run(
            "convert", Sample.path, "--compress", "xz", "--to", "mapped-ram", "-o", scratch.path("a"))
        #expect(mapped.status == 2)
        #expect(mapped.errors.contains("--compress require --to plain"))
    }

    @Test func aVersionOfQEMUIsATarget() throws {
        let scratch = try Scratch()
        let newer = scratch.path("newer.mig")
        let mended = scratch.path("mended.mig")
        #expect(
            try Program.run("edit", Sample.path, "--rename", "machine=pc-q35-11.1", "-o", newer).status == 0)
        let outcome = try Program.run("repair", newer, "--qemu", "10.0", "-o", mended)
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.output.contains("pc-q35-11.1 is changed to pc-q35-10.0"))
        #expect(try data(mended) == data(Sample.path))
        #expect(try Program.run("repair", newer, "--qemu", "ten").status == 2)
        // What repair says of the machine type, check says too.
        let checked = try Program.run("check", newer, "--qemu", "10.0")
        #expect(checked.status == 1 && checked.output.contains("which QEMU 10.0 does not have"))
        #expect(
            try Program.run("repair", newer, "--machine", "pc-q35-9.2").output.contains(
                "is changed to pc-q35-9.2"))
    }
}
