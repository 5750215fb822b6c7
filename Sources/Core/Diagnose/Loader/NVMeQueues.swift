import Bytes
import Format
import Stream

/// The queues of an NVMe controller, which its check after loading compares (hw/nvme/ctrl.c
/// nvme_ctrl_post_load, 11.1).
///
/// A destination with another number of queues reads completion queues at the place of submission queues.
struct NVMeQueues {
    /// The vmstate with the arrays `sq` and `cq`.
    static let structure = "nvme"
    /// The maximum number of queues: ids have 16 bits.
    static let most = 1 << 16

    /// The offsets of the queues by number, in bytes from the start of the stream; nil for absent ones.
    var submission: [Int?]
    var completion: [Int?]

    /// The offsets of the ids, in bytes from the start of a queue.
    private static let completionID = 1
    private static let submissionID = 0
    private static let usedCompletionID = 2

    /// Returns the failure for the first queue that is refused, in QEMU's order; nil when all are valid.
    /// O(queues).
    func failure(_ region: MappedRegion, _ chain: [FieldStep]) -> LoadFailure? {
        for (number, place) in completion.enumerated() {
            guard let place else { continue }
            if id(place + Self.completionID, region) != number {
                return failure("cq->cqid != i", at: place + Self.completionID, chain)
            }
        }
        for (number, place) in submission.enumerated() {
            guard let place else { continue }
            if id(place + Self.submissionID, region) != number {
                return failure("sq->sqid != i", at: place + Self.submissionID, chain)
            }
            guard let used = id(place + Self.usedCompletionID, region), used < completion.count,
                completion[used] == nil
            else { continue }
            return failure("n->cq[sq->cqid] is NULL", at: place + Self.usedCompletionID, chain)
        }
        return nil
    }

    private func id(_ offset: Int, _ region: MappedRegion) -> Int? {
        region.bigEndian(UInt16.self, at: offset).map(Int.init)
    }

    private func failure(_ words: String, at offset: Int, _ chain: [FieldStep]) -> LoadFailure {
        LoadFailure(
            kind: .value, offset: offset, size: 2, message: "the queues are inconsistent (\(words))",
            cause: .hook(
                structure: Self.structure, version: 0, minimum: 0,
                text: "inconsistent migration stream (\(words))", isInLines: false),
            chain: chain, failure: .invalid,
            hint: "give both sides the same max_ioqpairs= (nvme-queues in docs/breaks.md)")
    }
}
