/// The kind of a finding: stable, for scripts. The list under FINDINGS in the man page is generated from it
/// (`make man`; a test compares).
package enum FindingCode: String, Sendable, CaseIterable, CustomStringConvertible {
    // MARK: Header and configuration
    case headerMagic = "header-magic"
    case headerVersion = "header-version"
    case headerCut = "header-cut"
    case configurationMissing = "configuration-missing"
    case machine
    case pageBits = "page-bits"
    case capability
    case uuid

    // MARK: Sections
    case head
    case gap
    case command
    case sectionType = "section-type"
    case sectionMissing = "section-missing"
    case sectionUndescribed = "section-undescribed"
    case sectionUnknown = "section-unknown"
    case sectionUnopened = "section-unopened"
    case sectionNoEnd = "section-no-end"
    case sectionDoubled = "section-doubled"
    case sectionAbsent = "section-absent"
    case sectionVersion = "section-version"
    case sectionFormat = "section-format"
    case sectionSize = "section-size"
    case endUnsure = "end-unsure"
    case sectionAmbiguous = "section-ambiguous"
    case sectionCut = "section-cut"
    case footerMissing = "footer-missing"
    case footerID = "footer-id"
    case streamCut = "stream-cut"
    case streamEarlyEnd = "stream-early-end"
    case trailingBytes = "trailing-bytes"
    case secondStream = "second-stream"

    // MARK: Description
    case descriptionJSON = "description-json"
    case descriptionValue = "description-value"
    case descriptionLength = "description-length"
    case descriptionCut = "description-cut"
    case descriptionUnframed = "description-unframed"
    case descriptionIndex = "description-index"
    case descriptionBorrowed = "description-borrowed"
    case descriptionTarget = "description-target"

    // MARK: Fields
    case fieldEqual = "field-equal"
    case fieldLE = "field-le"
    case fieldLayout = "field-layout"
    case subsectionUnknown = "subsection-unknown"
    case subsectionVersion = "subsection-version"
    case subsectionLayout = "subsection-layout"
    case valueRange = "value-range"
    case unusedBytes = "unused-bytes"
    case pciConfig = "pci-config"
    case pciCapabilities = "pci-capabilities"
    case virtioFormat = "virtio-format"
    case virtioFeatures = "virtio-features"
    case virtioQueues = "virtio-queues"
    case cpuFloatFormat = "cpu-float-format"
    case cpuGuestMode = "cpu-guest-mode"
    case cpuModel = "cpu-model"
    case cpuRegisters = "cpu-registers"
    case pageAttributes = "page-attributes"

    // MARK: RAM
    case ramBlockUnknown = "ram-block-unknown"
    case ramBlockSize = "ram-block-size"
    case ramBlockDoubled = "ram-block-doubled"
    case ramBlockAbsent = "ram-block-absent"
    case ramFlags = "ram-flags"
    case ramCut = "ram-cut"
    case ramContinue = "ram-continue"
    case ramAddress = "ram-address"
    case ramZero = "ram-zero"
    case ramXbzrle = "ram-xbzrle"
    case ramCompressed = "ram-compressed"
    case ramHook = "ram-hook"
    case multifdChannels = "multifd-channels"
    case channelAlone = "channel-alone"
    case channelMethod = "channel-method"
    case channelPacked = "channel-packed"
    case channelMissing = "channel-missing"
    case wireLost = "wire-lost"
    case wireConnections = "wire-connections"
    case streamChosen = "stream-chosen"
    case streamRecovered = "stream-recovered"
    case ramCoverage = "ram-coverage"
    case ramPageSize = "ram-page-size"
    case mappedRAM = "mapped-ram"

    // MARK: Containers
    case streamBase = "stream-base"
    case containerFormat = "container-format"
    case containerPartial = "container-partial"
    case containerSize = "container-size"
    case containerTruncated = "container-truncated"
    case containerCorrupt = "container-corrupt"
    case containerChecksum = "container-checksum"
    case containerTrailing = "container-trailing"
    case containerMore = "container-more"
    case containerMemory = "container-memory"
    case containerLimit = "container-limit"
    case containerRoom = "container-room"
    case containerSystem = "container-system"
    case containerCancelled = "container-cancelled"
    case qcow2Corrupt = "qcow2-corrupt"
    case qcow2Snapshots = "qcow2-snapshots"
    case qcow2Tables = "qcow2-tables"
    case qcow2Cluster = "qcow2-cluster"
    case memberChosen = "member-chosen"
    case snapshotChosen = "snapshot-chosen"

    // MARK: Files that change
    case fileShrank = "file-shrank"
    case fileChanged = "file-changed"
    case bytesUnreadable = "bytes-unreadable"

    // MARK: Only from explain
    case loadFailed = "load-failed"
    case messageUnknown = "message-unknown"
    case sourceBlocked = "source-blocked"
    case sourceBusy = "source-busy"
    case sourceSave = "source-save"
    case sourceDisks = "source-disks"
    case sourceMemory = "source-memory"
    case sourceStopped = "source-stopped"
    case returnPath = "return-path"
    case connectionLost = "connection-lost"
    case terminated
    case socket
    case socketAddress = "socket-address"
    case channelMagic = "channel-magic"
    case tls
    case lock
    case noSpace = "no-space"
    case memory
    case fileMissing = "file-missing"
    case postcopy
    case parameter
    case incoming
    case rdma
    case colo
    case cpr
    case machineUnknown = "machine-unknown"
    case machineSetup = "machine-setup"
    case cpuMismatch = "cpu-mismatch"
    case cpuMSR = "cpu-msr"
    case armRegisters = "arm-registers"
    case interrupts
    case destinationAborts = "destination-aborts"
    case libvirtImage = "libvirt-image"
    case libvirtABI = "libvirt-abi"
    case libvirtRefused = "libvirt-refused"
    case libvirtUnsafe = "libvirt-unsafe"
    case managerRefused = "manager-refused"
    case libvirtStorage = "libvirt-storage"
    case libvirtSnapshot = "libvirt-snapshot"
    case libvirtCookie = "libvirt-cookie"
    case libvirtBusy = "libvirt-busy"
    case libvirtCanceled = "libvirt-canceled"
    case libvirtFiles = "libvirt-files"
    case libvirtEnded = "libvirt-ended"
    case libvirtMonitor = "libvirt-monitor"
    case libvirtLost = "libvirt-lost"
    case libvirtJSON = "libvirt-json"
    case nvme
    case uefi
    case usb
    case xen
    case dbusVMState = "dbus-vmstate"
    case guestBug = "guest-bug"
    case ramBlockResized = "ram-block-resized"
    case snapshotSource = "snapshot-source"
    case dirtyRate = "dirty-rate"
    case explainStory = "explain-story"
    case explainRepeated = "explain-repeated"
    case explainSkipped = "explain-skipped"
    case explainWarnings = "explain-warnings"
    case explainNoStream = "explain-no-stream"
    case multifd
    case snapshot
    case cpu
    case virtioNet = "virtio-net"
    case virtioMem = "virtio-mem"
    case vhost
    case vfio
    case tpm
    case spapr, s390, swtpm
    case spaprCap = "spapr-cap"
    case htab
    case block
    case dirtyBitmap = "dirty-bitmap"

    /// The part of a stream that a finding is about, which is a heading of the list.
    package enum Subject: String, Sendable, CaseIterable {
        case head = "Header and configuration"
        case sections = "Sections"
        case description = "Description"
        case fields = "Fields"
        case ram = "RAM"
        case containers = "Containers"
        case files = "Files that change"
        case explain = "Only from explain"
    }

    /// The manual's text about the code.
    package struct Entry: Sendable, Equatable {
        package var subject: Subject
        /// One or two sentences.
        package var meaning: String

        fileprivate init(_ subject: Subject, _ meaning: String) {
            self.subject = subject
            self.meaning = meaning
        }
    }

    package var description: String { rawValue }

    package var entry: Entry {
        switch self {
        case .headerMagic:
            return Entry(.head, "The first four bytes are not QEVM.")
        case .headerVersion:
            return Entry(.head, "The version of the format is not 3.")
        case .headerCut:
            return Entry(.head, "The file ends inside the header.")
        case .configurationMissing:
            return Entry(.head, "No configuration follows the header: a machine type of 2.3 or older.")
        case .machine:
            return Entry(.head, "Stream and destination have different machine types.")
        case .pageBits:
            return Entry(.head, "Stream and destination have pages of different sizes.")
        case .capability:
            return Entry(.head, "A capability is not set as on the destination, or is unknown.")
        case .uuid:
            return Entry(.head, "Stream and destination have different UUIDs.")
        case .head:
            return Entry(
                .sections, "The start of the stream can't be framed; reading continues from the end.")
        case .gap:
            return Entry(.sections, "Bytes that belong to no known record.")
        case .command:
            return Entry(
                .sections,
                "A command is unknown, has a wrong length, or is in a place where it is not allowed.")
        case .sectionType:
            return Entry(.sections, "A byte that should begin a section is not a section type.")
        case .sectionMissing:
            return Entry(.sections, "The description lists a section that is not at its place.")
        case .sectionUndescribed:
            return Entry(.sections, "A section that the description does not list.")
        case .sectionUnknown:
            return Entry(.sections, "The destination has no section with this name and instance.")
        case .sectionUnopened:
            return Entry(.sections, "A PART or END without its START.")
        case .sectionNoEnd:
            return Entry(.sections, "A live section without its END.")
        case .sectionDoubled:
            return Entry(.sections, "Two sections have the same name and instance.")
        case .sectionAbsent:
            return Entry(.sections, "The destination has a section that the stream lacks.")
        case .sectionVersion:
            return Entry(
                .sections, "The version differs from the description's, or the destination does not read it.")
        case .sectionFormat:
            return Entry(.sections, "A live section of a kind that can't be framed.")
        case .sectionSize:
            return Entry(.sections, "The length of the body differs from the length of its fields.")
        case .endUnsure:
            return Entry(
                .sections,
                "Neither a description nor footers show where the stream ends: its last byte is zero, like the end mark and most bytes of devices. A note: the stream may be cut."
            )
        case .sectionAmbiguous:
            return Entry(
                .sections,
                "The vmstates of a -dump-vmstate allow several readings of the section; one is shown.")
        case .sectionCut:
            return Entry(.sections, "The stream ends inside a section.")
        case .footerMissing:
            return Entry(.sections, "No footer where the body should end.")
        case .footerID:
            return Entry(.sections, "The footer has a different id than the header.")
        case .streamCut:
            return Entry(.sections, "The stream ends without its end mark.")
        case .streamEarlyEnd:
            return Entry(.sections, "An end mark before the devices end.")
        case .trailingBytes:
            return Entry(.sections, "Bytes after the end of the stream.")
        case .secondStream:
            return Entry(
                .sections,
                "Another stream begins after this one, or in its middle. QEMU loads the first; --stream shows the others."
            )
        case .descriptionJSON:
            return Entry(.description, "The description is not valid JSON.")
        case .descriptionValue:
            return Entry(.description, "A value in the description makes no sense.")
        case .descriptionLength:
            return Entry(
                .description, "The length before the description is not the length of the description.")
        case .descriptionCut:
            return Entry(.description, "The stream ends inside the description.")
        case .descriptionUnframed:
            return Entry(
                .description,
                "The description has no frame of its own, or does not follow the end mark.")
        case .descriptionIndex:
            return Entry(.description, "The pointer to the description points elsewhere.")
        case .descriptionBorrowed:
            return Entry(
                .description, "Another stream's description is used; the message says how well it fits.")
        case .descriptionTarget:
            return Entry(
                .description,
                "The destination's stream has no description, and the stream's own does not fit it: the fields of its devices are not compared."
            )
        case .fieldEqual:
            return Entry(.fields, "A value that must be equal on both sides differs.")
        case .fieldLE:
            return Entry(.fields, "A value is above the destination's limit.")
        case .fieldLayout:
            return Entry(.fields, "Fields differ from the destination's.")
        case .subsectionUnknown:
            return Entry(.fields, "A subsection that the destination does not know.")
        case .subsectionVersion:
            return Entry(.fields, "A subsection whose version the destination does not read.")
        case .subsectionLayout:
            return Entry(.fields, "Subsections differ from the destination's.")
        case .valueRange:
            return Entry(.fields, "A value that its device refuses.")
        case .unusedBytes:
            return Entry(.fields, "Unused bytes that are not zero.")
        case .pciConfig:
            return Entry(.fields, "A byte of the PCI configuration that must be equal on both sides differs.")
        case .pciCapabilities:
            return Entry(.fields, "The list of PCI capabilities does not end.")
        case .virtioFormat:
            return Entry(.fields, "The state of a virtio device does not fit its bytes.")
        case .virtioFeatures:
            return Entry(.fields, "Features that the destination may not offer.")
        case .virtioQueues:
            return Entry(.fields, "Indexes or the number of virtqueues are inconsistent.")
        case .cpuFloatFormat:
            return Entry(.fields, "FPU registers in a format of QEMU before 0.15.")
        case .cpuGuestMode:
            return Entry(.fields, "A nested guest runs, but its state is missing.")
        case .cpuModel:
            return Entry(
                .fields, "The processor version register of a PowerPC CPU differs from the destination's.")
        case .cpuRegisters:
            return Entry(
                .fields,
                "A system register of an Arm CPU that the destination does not have, or an identification register with a different value."
            )
        case .pageAttributes:
            return Entry(.fields, "s390x storage keys or attributes with flags that QEMU refuses.")
        case .ramBlockUnknown:
            return Entry(.ram, "A RAM block that the list or the destination lacks.")
        case .ramBlockSize:
            return Entry(.ram, "A RAM block has a different size than on the destination.")
        case .ramBlockDoubled:
            return Entry(.ram, "A RAM block is listed twice.")
        case .ramBlockAbsent:
            return Entry(.ram, "The destination has a RAM block that the stream lacks.")
        case .ramFlags:
            return Entry(.ram, "Flags that no RAM record has.")
        case .ramCut:
            return Entry(.ram, "The stream ends inside RAM.")
        case .ramContinue:
            return Entry(.ram, "A page continues a block before any was named.")
        case .ramAddress:
            return Entry(.ram, "A page is outside its block.")
        case .ramZero:
            return Entry(.ram, "A zero page with a value other than 0.")
        case .ramXbzrle:
            return Entry(.ram, "An XBZRLE page can't be decoded.")
        case .ramCompressed:
            return Entry(.ram, "A compressed page can't be decompressed.")
        case .ramHook:
            return Entry(.ram, "HOOK: pages were transferred by RDMA and are not in the stream.")
        case .multifdChannels:
            return Entry(.ram, "MULTIFD_FLUSH: pages are on other channels, which are not in the file.")
        case .channelAlone:
            return Entry(
                .ram, "The file has the data of a connection other than the main one; it contains no stream.")
        case .channelMethod:
            return Entry(.ram, "Pages of a multifd channel are compressed with an unsupported method.")
        case .channelPacked:
            return Entry(.ram, "Pages of a multifd channel can't be decompressed after some place.")
        case .channelMissing:
            return Entry(
                .ram, "A multifd channel of the migration, or a part of one, is not among the given ones.")
        case .wireLost:
            return Entry(.ram, "Segments of a connection were not captured.")
        case .wireConnections:
            return Entry(.ram, "A capture has more connections than are kept.")
        case .streamChosen:
            return Entry(.ram, "One of several migrations was taken.")
        case .streamRecovered:
            return Entry(
                .ram, "A migration in postcopy was recovered: the stream continues over another connection.")
        case .ramCoverage:
            return Entry(.ram, "Pages that were never sent.")
        case .ramPageSize:
            return Entry(.ram, "Host pages or guest addresses of RAM differ.")
        case .mappedRAM:
            return Entry(.ram, "The headers or bitmaps of mapped-ram don't fit.")
        case .streamBase:
            return Entry(.containers, "The stream does not begin at the start of the file.")
        case .containerFormat:
            return Entry(
                .containers, "The header of a libvirt image names a different compression than the data has.")
        case .containerPartial:
            return Entry(.containers, "libvirt did not finish this image.")
        case .containerSize:
            return Entry(.containers, "The sizes in the header of a libvirt image don't fit.")
        case .containerTruncated:
            return Entry(.containers, "Compressed data ends too early.")
        case .containerCorrupt:
            return Entry(.containers, "Compressed data can't be decompressed after this place.")
        case .containerChecksum:
            return Entry(.containers, "A checksum of compressed data is wrong.")
        case .containerTrailing:
            return Entry(.containers, "Other bytes follow the compressed data.")
        case .containerMore:
            return Entry(.containers, "Bytes follow the stream in a pipe; they are not read.")
        case .containerMemory:
            return Entry(.containers, "Decompression needs more memory than is allowed.")
        case .containerLimit:
            return Entry(.containers, "--max-unpacked is reached.")
        case .containerRoom:
            return Entry(.containers, "There is no space for the decompressed data.")
        case .containerSystem:
            return Entry(.containers, "The system refused to read, or to write the decompressed data.")
        case .containerCancelled:
            return Entry(.containers, "Decompression was stopped.")
        case .qcow2Corrupt:
            return Entry(.containers, "The qcow2 image is marked as corrupt.")
        case .qcow2Snapshots:
            return Entry(.containers, "The table of snapshots is damaged.")
        case .qcow2Tables:
            return Entry(.containers, "Tables that lead to the VM state are damaged.")
        case .qcow2Cluster:
            return Entry(.containers, "Compressed clusters of the VM state are damaged.")
        case .memberChosen:
            return Entry(.containers, "One of several files of an archive was taken.")
        case .snapshotChosen:
            return Entry(.containers, "One of several snapshots was taken.")
        case .fileShrank:
            return Entry(
                .files,
                "The file was cut while it was open: bytes after its end are shown as --, values as lost.")
        case .fileChanged:
            return Entry(
                .files,
                "The file was written to after it was opened: data read before may be the old content."
            )
        case .bytesUnreadable:
            return Entry(
                .files,
                "Pages of the file could not be read, for example from a failing disk; they are shown as lost."
            )
        case .loadFailed:
            return Entry(.explain, "QEMU names only the device that it refused.")
        case .messageUnknown:
            return Entry(
                .explain, "QEMU or libvirt gave a reason that is not in the catalogue; its message is quoted."
            )
        case .sourceBlocked:
            return Entry(.explain, "A device, a CPU flag or a setting forbids the source to migrate.")
        case .sourceBusy:
            return Entry(
                .explain,
                "The source is not in a state to migrate: another migration runs, or the guest waits for one."
            )
        case .sourceSave:
            return Entry(.explain, "The source could not save its RAM or a device.")
        case .sourceDisks:
            return Entry(.explain, "The source could not hand over its disks.")
        case .sourceMemory:
            return Entry(
                .explain, "The source lacks a feature or memory for the selected way of sending.")
        case .sourceStopped:
            return Entry(.explain, "The stream ended early: the source or the network stopped first.")
        case .returnPath:
            return Entry(.explain, "The destination stopped first: its answers ended.")
        case .connectionLost:
            return Entry(.explain, "The connection broke: the other side or the network stopped first.")
        case .terminated:
            return Entry(.explain, "A signal ended QEMU from outside.")
        case .socket:
            return Entry(.explain, "A socket could not be opened, bound or connected.")
        case .socketAddress:
            return Entry(.explain, "The address of a migration is invalid or unknown.")
        case .channelMagic:
            return Entry(.explain, "The first bytes on a channel do not belong to a migration.")
        case .tls:
            return Entry(.explain, "TLS could not be set up: certificates, names, or one side without it.")
        case .lock:
            return Entry(.explain, "Another process holds the lock of a disk image.")
        case .noSpace:
            return Entry(.explain, "A disk is full.")
        case .memory:
            return Entry(.explain, "A host lacks memory for the guest.")
        case .fileMissing:
            return Entry(.explain, "A file is missing, or may not be opened.")
        case .postcopy:
            return Entry(
                .explain, "Postcopy is not possible here, or is not set up in the same way on both sides.")
        case .parameter:
            return Entry(.explain, "A migration parameter has a value that QEMU refuses.")
        case .incoming:
            return Entry(.explain, "The destination does not wait for a migration, or waits for another one.")
        case .rdma:
            return Entry(.explain, "RDMA could not be set up, or broke.")
        case .colo:
            return Entry(.explain, "COLO is not set up in the same way on both sides, or failed.")
        case .cpr:
            return Entry(.explain, "A live update (cpr) is not set up in the same way on both sides.")
        case .machineUnknown:
            return Entry(.explain, "The destination's QEMU does not know the machine type.")
        case .machineSetup:
            return Entry(.explain, "The destination's machine can't be created from its command line.")
        case .cpuMismatch:
            return Entry(.explain, "The destination's host CPU lacks features of the guest's CPU model.")
        case .cpuMSR:
            return Entry(.explain, "KVM on the destination refuses a model-specific register.")
        case .armRegisters:
            return Entry(.explain, "The destination's CPU or KVM lacks a system register of an Arm guest.")
        case .interrupts:
            return Entry(
                .explain,
                "An interrupt controller of the destination has different numbers than in the stream, or KVM refuses its state."
            )
        case .destinationAborts:
            return Entry(.explain, "The destination's QEMU aborts because of an internal check.")
        case .libvirtImage:
            return Entry(.explain, "libvirt can't read or write a save image.")
        case .libvirtABI:
            return Entry(.explain, "The domain XML describes a different machine than the saved one.")
        case .libvirtRefused:
            return Entry(.explain, "libvirt refuses to migrate or save this domain.")
        case .managerRefused:
            return Entry(
                .explain,
                "The program that manages libvirt or QEMU refuses the operation: KubeVirt, Proxmox VE, Nova, LXD."
            )
        case .libvirtUnsafe:
            return Entry(
                .explain, "libvirt considers the migration unsafe, usually because of a disk's cache mode.")
        case .libvirtStorage:
            return Entry(.explain, "libvirt could not copy or find the disks on the destination.")
        case .libvirtSnapshot:
            return Entry(.explain, "libvirt can't take, revert to or delete a snapshot.")
        case .libvirtCookie:
            return Entry(
                .explain, "The two libvirt daemons do not understand each other's migration cookies.")
        case .libvirtBusy:
            return Entry(.explain, "Another job holds the domain.")
        case .libvirtCanceled:
            return Entry(.explain, "A user or a timeout canceled the job.")
        case .libvirtFiles:
            return Entry(.explain, "libvirt could not create, open or write a file.")
        case .libvirtEnded:
            return Entry(.explain, "libvirt reports that QEMU ended: QEMU's own messages have the cause.")
        case .libvirtMonitor:
            return Entry(
                .explain,
                "libvirt lost QEMU's monitor, or QEMU refused a command: QEMU's own messages have the cause.")
        case .libvirtLost:
            return Entry(.explain, "libvirt lost the other host or its connection.")
        case .libvirtJSON:
            return Entry(.explain, "libvirt could not read the answer of QEMU's monitor.")
        case .nvme:
            return Entry(.explain, "NVMe queues of the stream do not fit the destination's.")
        case .uefi:
            return Entry(.explain, "The variables of UEFI do not fit their store.")
        case .usb:
            return Entry(.explain, "The state of a redirected USB device is refused.")
        case .xen:
            return Entry(.explain, "Xen could not load or save the devices' state.")
        case .dbusVMState:
            return Entry(.explain, "A helper on D-Bus could not load or save its state.")
        case .guestBug:
            return Entry(
                .explain, "The guest did what its hardware does not allow; not the cause of a failed load.")
        case .ramBlockResized:
            return Entry(.explain, "A RAM block grew while it was sent.")
        case .snapshotSource:
            return Entry(.explain, "A disk can't hold a snapshot.")
        case .dirtyRate:
            return Entry(.explain, "A measurement of the dirty rate was refused.")
        case .explainStory:
            return Entry(.explain, "A note: who stopped first.")
        case .explainRepeated:
            return Entry(.explain, "A note: the log contains a failure more than once.")
        case .explainSkipped:
            return Entry(.explain, "A note: more failures of the log are not shown.")
        case .explainWarnings:
            return Entry(.explain, "A note: warnings before the failure, which are not its cause.")
        case .explainNoStream:
            return Entry(.explain, "A note: with the stream, the place can be shown.")
        case .multifd:
            return Entry(
                .explain, "multifd or mapped-ram has the wrong transport, or is set on one side only.")
        case .snapshot:
            return Entry(.explain, "A snapshot is missing, or can't be taken.")
        case .cpu:
            return Entry(.explain, "The destination's CPU or KVM lacks something.")
        case .virtioNet:
            return Entry(.explain, "The network's back-end or queues differ.")
        case .virtioMem:
            return Entry(.explain, "A property of virtio-mem differs.")
        case .vhost:
            return Entry(.explain, "The back-end can't be migrated.")
        case .vfio:
            return Entry(.explain, "The driver refuses the state of a passed-through device.")
        case .tpm:
            return Entry(.explain, "swtpm refuses the state.")
        case .spapr:
            return Entry(
                .explain, "The host can't give a pseries guest the features that the source gave it.")
        case .s390:
            return Entry(.explain, "Storage keys or attributes of an s390x guest can't be set.")
        case .swtpm:
            return Entry(.explain, "swtpm did not start, or died.")
        case .spaprCap:
            return Entry(.explain, "A capability of pseries is lower on the destination.")
        case .htab:
            return Entry(.explain, "The hash table does not fit.")
        case .block:
            return Entry(.explain, "A drive of block migration is missing, or its section is damaged.")
        case .dirtyBitmap:
            return Entry(.explain, "A node or bitmap is missing, or already exists.")
        }
    }
}
