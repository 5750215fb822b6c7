import Bytes
import Container

/// Sees that a pipe has brought a whole stream, though who writes it has not closed it.
///
/// QEMU reads no farther than the stream (migration/savevm.c qemu_loadvm_state, 7.2 to 11.1), so neither does the pipe's
/// end have to come, nor may other bytes after the stream come without end. What comes at once after it is told, as in
/// a file.
struct PipeEnding {
    /// Milliseconds after which somebody should look again at a pipe that brings nothing.
    static let interval: Int32 = 100
    /// Milliseconds without a byte after which a stream with its description is taken to be all that comes.
    private static let patience = 500
    /// The same for a stream that ends without a description, which may still come.
    private static let longPatience = 5000

    private let mostBehind: Int
    // What has come when somebody looked last, and since when no more has.
    private var count = 0
    private var since = 0
    // How much had come of what was looked at last.
    private var seen = 0
    // Whether that was whole, and lacks nothing but a description.
    private var lacksDescription = false
    // At this number of bytes it is checked whether the stream ended long before.
    private var nextLook: Int
    private var look: Document?

    init(_ options: ContainerOptions) {
        mostBehind = max(options.mostBehindStream, 1)
        nextLook = mostBehind
    }

    /// Whether `step` has work to do.
    var isLooking: Bool { look != nil }

    /// Nothing has come for a while.
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

    /// Looks on at what has come. Returns whether that was all to be done for now.
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
                    hint: "they are not read, as QEMU would not"))
        } else if !container.isReady, count == seen {
            if document.store.hasWholeDescription { container.stopReading() } else { lacksDescription = true }
        }
    }
}
