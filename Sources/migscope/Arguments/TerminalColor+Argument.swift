import ArgumentParser
import Terminal

extension TerminalColor: ExpressibleByArgument {}
