import Diagnose
import Testing

/// The registry of messages: a line is made of each wording of each entry, and must lead back to it.
@Suite struct MessageRegistryTests {
    @Test func everyWordingLeadsBackToItsEntry() {
        for entry in Catalogue.all {
            for pattern in entry.patterns {
                let example = pattern.example
                let line = String(decoding: example.line, as: UTF8.self)
                let found = Catalogue.messages(example.line)
                #expect(
                    found.contains { $0.entry.code == entry.code && $0.entry.cause == entry.cause },
                    "\(entry.code): \(line) leads to \(found.map(\.entry.cause))")
                // A reference that no value fills stays as it is.
                for text in [entry.cause(example.values), entry.advice(example.values)] {
                    #expect(!text.contains(/%[1-9]/), "\(text)")
                }
            }
        }
    }

    /// A line that is cut, as people copy it, is a part of its message, and a whole one is none.
    @Test func aCutLineIsAPartOfItsMessage() {
        for pattern in Catalogue.all.flatMap(\.patterns) {
            let line = pattern.example.line
            #expect(!pattern.isCut(line))
            guard case let first = pattern.literals.first?.count ?? 0, first > 16,
                line.starts(with: pattern.literals[0])
            else { continue }
            #expect(pattern.isCut(Array(line.prefix(first - 3))), "\(pattern.outline)")
        }
    }

    @Test(arguments: [
        ("error while loading state for instance 0x0 of device", "instance 0x… of device '…'"),
        ("qemu-system-x86_64: get_pci_config_device: Bad config data", "Bad config data: i=0x…"),
        ("Unknown ramblock \"pc.ram\"", "Unknown ramblock \"…\", cannot accept migration"),
        ("Unknown savevm section…", "Unknown savevm section or instance"),
    ])
    func partsOfMessages(_ text: String, _ message: String) {
        #expect(FailureLog.reports(in: text).isEmpty)
        #expect(Catalogue.cut(text).contains { $0.message.contains(message) }, "\(Catalogue.cut(text))")
    }

    @Test(arguments: [
        "a longer text that nobody printed", "failed", "qemu-system-x86_64:", "Broken pipe and so on",
    ])
    func otherTextsAreNoParts(_ text: String) { #expect(Catalogue.cut(text).isEmpty) }

    /// Each word of a long text could begin each message: it is not looked at.
    @Test func longTextsAreNoParts() {
        #expect(Catalogue.cut(String(repeating: "Unknown ramblock: ", count: 100_000)).isEmpty)
    }

    @Test func noWordingIsInTwoEntries() {
        var known: [String: String] = [:]
        for entry in Catalogue.all {
            for pattern in entry.patterns {
                let line = String(decoding: pattern.example.line, as: UTF8.self)
                #expect(known.updateValue(entry.cause, forKey: line) == nil, "\(line)")
            }
        }
    }

    /// What is in logs of guests that run well: command lines, the kernel's lines, other programs'.
    @Test(arguments: [
        "2026-11-29 10:11:12.345+0000: starting up libvirt version: 11.3.0, package: 3, qemu version: 10.0.2, kernel: 6.12",
        "LC_ALL=C PATH=/usr/bin /usr/bin/qemu-system-x86_64 -name guest=a,debug-threads=on -S -machine pc-q35-10.0 "
            + "-device vfio-pci,host=0000:03:00.0 -chardev socket,id=c,path=/run/vhost-user.sock "
            + "-device vhost-user-fs-pci,chardev=c,tag=x -netdev vhost-vdpa,id=n -incoming defer -device edu",
        "-incoming tcp:[::]:49152 \\", "-sandbox on,obsolete=deny -msg timestamp=on \\",
        "char device redirected to /dev/pts/3 (label charserial0)",
        "Nov 29 10:11:12 host kernel: vfio-pci 0000:03:00.0: enabling device (0000 -> 0003)",
        "Nov 29 10:11:12 host kernel: infiniband mlx5_0: RDMA is up, ibv_devices lists it",
        "Nov 29 10:11:12 host ceph-mon[7]: mds failover is on, replication of pool vms is 3",
        "Nov 29 10:11:12 host dirty-rate-exporter[9]: the dirty rate of vm a is 12 MB/s",
        "Nov 29 10:11:12 host NetworkManager[9]: <info> policy: set 'eth0' as default for routing",
        "Nov 29 10:11:12 host sshd[9]: Turn the tunnelled connection off",
        "Nov 29 10:11:12 host cron[9]: a packet at the gateway, a queue pair, a successor and the replication",
        "Nov 29 10:11:12 host colord[9]: color profile of the VFIO machine: poll failed backends are gone",
        "guest with CPR. training and Zero copy of blood, Migration mode of birds",
    ])
    func otherLinesAreNoMessages(_ line: String) {
        #expect(Catalogue.messages(Array(line.utf8)).map { $0.entry.cause } == [])
    }
}
