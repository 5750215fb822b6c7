// SwiftPM wants a source in each target.
