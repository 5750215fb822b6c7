import ArgumentParser
import TUI

extension ColorChoice: ExpressibleByArgument {}
extension ThemeName: ExpressibleByArgument {}
