import ArgumentParser
import Bytes

/// A number that is not negative: decimal or 0x…, with K, M or G.
struct CountArgument: ExpressibleByArgument {
    let value: Int

    init?(argument: String) {
        guard let value = ByteCount.parse(argument) else { return nil }
        self.value = value
    }
}
