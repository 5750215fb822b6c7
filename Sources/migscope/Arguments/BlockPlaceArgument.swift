import ArgumentParser
import Memory

/// BLOCK@ADDRESS: where somebody knows a RAM block to be.
extension BlockPlace: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
