import Edit
import Testing

@testable import Diagnose

/// The ring indexes in guest memory that the loader of virtio devices reads.
@Suite struct GuestWordsTests {
    /// All queues in use count, not only the first: QEMU compares each with guest memory.
    @Test(arguments: [false, true]) func ringsOfAllQueues(_ isModern: Bool) throws {
        let document = try Sample.fixture("sample-q35-10.0").document()
        var editor = StreamEditor(try StreamDraft(document)) { _ throws(EditError) in document }
        let device = "0000:00:02.0/virtio-net:0/virtio"
        func set(_ path: String, _ value: String) throws {
            _ = try editor.apply(.set(path: "\(device)/\(path)", .assign, value: value))
        }
        if isModern { try set("virtio/64bit_features/guest_features", "0x100000000") }
        for queue in [0, 2] {
            try set("queues[\(queue)]/desc", "0x\(queue + 1)000")
            if isModern {
                try set("virtio/virtqueues/vqs[\(queue)]/avail", "0x\(queue + 1)0000")
                try set("virtio/virtqueues/vqs[\(queue)]/used", "0x\(queue + 1)1000")
            }
        }
        let context = CheckContext(document: editor.draft.document, target: nil, dump: nil)
        let rings = GuestWords(context).rings
        #expect(rings.map(\.number) == [0, 2])
        let addresses = rings.map { [$0.available, $0.used].map { $0.page.address + $0.place } }
        #expect(
            addresses
                == (isModern
                    ? [[0x10002, 0x11002], [0x30002, 0x31002]] : [[0x5002, 0x6002], [0x7002, 0x8002]]))
    }
}
