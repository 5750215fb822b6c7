import Bytes
import Diagnose
import Export
import Stream

/// What libFuzzer calls for each input: opens it as a stream and asks for all that commands and the browser
/// ask for. Traps when rows or nodes do not tile it; any crash inside Core is a find too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStream(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let document = try? Document.open(region: MappedRegion(copying: bytes), name: "fuzz.mig") else {
        return 0
    }
    let problems = Examination.problems(document)
    precondition(problems.isEmpty, problems.first ?? "")
    export(document)
    memory(document)
    return 0
}

private func export(_ document: Document) {
    var sink = Discard()
    TSVExport(document).write(all: false, section: nil, to: &sink)
    StateExport(document).write(section: nil, to: &sink)
    InfoExport(document).writeJSON(to: &sink)
    _ = Check(document, like: document).findings()
}

private func memory(_ document: Document) {
    var builder = document.ramIndexBuilder()
    builder.finish()
    for block in builder.index.blocks.indices {
        let counts = builder.index.counts(block: block, in: document.region)
        precondition(counts.absent >= 0)
    }
}

private struct Discard: ByteSink {
    mutating func write(_ bytes: [UInt8]) {}
}
