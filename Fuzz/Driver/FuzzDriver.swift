import FuzzTargets
import Glibc

#if FUZZER
    import CFuzzer
#endif

// Feeds a fuzz target. Built with -DFUZZER and the sanitizers (make fuzz) it is libFuzzer's; built as any program of
// the package it runs files, and changes of them, without measuring coverage.

func fail(_ text: String) -> Never {
    let line = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(2)
}

let usage = """
    usage: migscope-fuzz TARGET [libFuzzer's options and folders]     built by make fuzz
           migscope-fuzz TARGET [--runs N] [--seed N] FILE...         else: each file, then N changes of them
           migscope-fuzz storm --keys N [--seed N] FILE...            N random keys, on each file in turn
    targets: \(FuzzTarget.all.map(\.name).joined(separator: " ")) storm
    """

#if FUZZER
    // libFuzzer has the main function, and calls these.

    /// What the functions feed.
    nonisolated(unsafe) var current: FuzzTarget?

    /// Takes the name of the target from the command line before libFuzzer reads it.
    @_cdecl("LLVMFuzzerInitialize")
    public func initialize(
        _ count: UnsafeMutablePointer<Int32>,
        _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
    ) -> Int32 {
        guard count.pointee > 1, let word = words.pointee[1],
            let target = FuzzTarget.named(String(cString: word))
        else { fail(usage) }
        current = target
        // Its place is free for a limit of libFuzzer's own.
        words.pointee[1] = strdup("-max_len=\(target.limit)")
        return 0
    }

    @_cdecl("LLVMFuzzerTestOneInput")
    public func test(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
        current?.run(Array(UnsafeBufferPointer(start: data, count: size)))
        return 0
    }

    /// Half of the changes are libFuzzer's own, which know from coverage what was compared with what.
    @_cdecl("LLVMFuzzerCustomMutator")
    public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int
    {
        if seed & 1 == 0 { return LLVMFuzzerMutate(data, size, limit) }
        var mutator = Mutator(seed: UInt64(seed))
        let bytes = Array(UnsafeBufferPointer(start: data, count: size))
        let changed = current.map { mutator.mutate(bytes, as: $0.shape, limit: limit) } ?? bytes
        for (index, byte) in changed.enumerated() { data[index] = byte }
        return changed.count
    }
#else
    @main enum FuzzDriver {
        static func main() {
            guard let name = CommandLine.arguments.dropFirst().first, let target = FuzzTarget.named(name)
            else { fail(usage) }
            var runs = 0
            var keys = 0
            var seed: UInt64 = 1
            var files: [String] = []
            var words = CommandLine.arguments.dropFirst(2)
            while let word = words.popFirst() {
                switch word {
                case "--runs": runs = words.popFirst().flatMap { Int($0) } ?? 0
                case "--keys": keys = words.popFirst().flatMap { Int($0) } ?? 0
                case "--seed": seed = words.popFirst().flatMap { UInt64($0) } ?? 1
                default: files.append(word)
                }
            }
            let inputs = files.map { file in
                guard let input = Input.read(file) else { fail("\(file): can't be read") }
                return input
            }
            if keys > 0 {
                // A stream that is broken in another way each time, and whole the first time.
                var mutator = Mutator(seed: seed)
                let share = 5000
                for number in 0..<(keys + share - 1) / share where !inputs.isEmpty {
                    let input = inputs[number % inputs.count]
                    let bytes =
                        number < inputs.count
                        ? input : mutator.mutate(input, as: target.shape, limit: input.count * 2)
                    let (report, isAtRest) = FuzzTarget.storm(
                        bytes, keys: share, seed: seed &+ UInt64(number))
                    print("\(number * share): \(files[number % files.count]) \(report)")
                    guard isAtRest else { fail("work goes on and on") }
                }
                exit(0)
            }
            for input in inputs { target.run(input) }
            var mutator = Mutator(seed: seed)
            for _ in 0..<(inputs.isEmpty ? 0 : runs) {
                let input = inputs.randomElement(using: &mutator.generator) ?? []
                let changed = mutator.mutate(input, as: target.shape, limit: target.limit)
                // What a crash leaves behind.
                Input.write(changed, "migscope-fuzz.last")
                target.run(changed)
            }
            print("\(target.name): \(inputs.count) files and \(inputs.isEmpty ? 0 : runs) changes of them")
        }
    }
#endif
