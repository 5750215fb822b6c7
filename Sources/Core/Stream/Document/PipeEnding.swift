import Bytes
import Container

/// Detects that a pipe has delivered a complete stream although its writer has not closed it.
///
/// QEMU reads no farther than the stream (migration/savevm.c qemu_loadvm_state, 7.2 to 11.1). So the pipe
/// need not end, and bytes after the stream may continue forever. Bytes that arrive immediately after it are
/// reported, as in a file.
struct PipeEnding {
    /// The interval in milliseconds at which an idle pipe is checked again.
    static let interval: Int32 = 100
    /// The milliseconds without a byte after which a stream with its description is complete.
    private static let patience = 500
    /// The milliseconds for a stream without a description, because that may still arrive.
    private static let longPatience = 5000

    private let mostBehind: Int
    // The number of bytes at the last check, and the time since which it has not changed.
    private var count = 0
    private var since = 0
    // The number of bytes in the last look.
    private var seen = 0
    // Whether the stream was complete then, except for a description.
    private var lacksDescription = false
    // The number of bytes at which to check whether the stream ended long before.
    private var nextLook: Int
    private var look: Document?

    init(_ options: ContainerOptions) {
        mostBehind = max(options.mostBehindStream, 1)
        nextLook = mostBehind
    }

    /// Whether `step` has work to do.
    var isLooking: Bool { look != nil }

    /// Checks a pipe from which nothing has arrived for a while.
    mutating func idle(_ container: ContainerOpening) {
        guard look == nil, let piped = container.piped else { return }
        let now = MonotonicClock.milliseconds()
        if piped != count {
            count = piped
            since = now
            lacksDescription = false
        } else if seen != piped, now - since >= Self.patience {
            begin(container)
        } else if lacksDescription, now - since >= Self.longPatience {
            container.stopReading()
        }
    }

    /// Continues the look at what has arrived. Returns whether it did anything.
    mutating func step(_ container: ContainerOpening) -> Bool {
        if look == nil, let piped = container.piped, piped >= nextLook {
            nextLook = nextLook.multipliedSaturated(by: 2)
            begin(container)
        }
        guard let look else { return false }
        if look.readMissing(budget: Document.scanBudget) { judge(look, container) }
        return true
    }

    private mutating func begin(_ container: ContainerOpening) {
        guard let region = container.pipedStream else { return seen = container.piped ?? 0 }
        seen = region.count
        var options = OpenOptions()
        options.explains = false
        look = try? Document.open(region: region, name: "-", options: options)
    }

    private mutating func judge(_ document: Document, _ container: ContainerOpening) {
        look = nil
        guard document.loss == nil else { return }
        let rest = document.store.region.count - document.store.streamEnd
        if rest >= mostBehind {
            container.stopReading(
                Finding(
                    .note, .containerMore, offset: document.store.region.count,
                    message: "more than \(mostBehind) bytes follow the stream in the pipe",
                    hint: "they are not read, as in QEMU"))
        } else if !container.isReady, count == seen {
            if document.store.hasWholeDescription { container.stopReading() } else { lacksDescription = true }
        }
    }
}
