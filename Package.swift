// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableExperimentalFeature("Lifetimes"),
]

// Not in the module maps: the release links them statically (Makefile).
let compressors = ["z", "bz2", "lzma", "zstd", "lzo2", "lz4"]
let expressions = ["re2"]

/// A room of Core, a target in `Sources/Core/NAME`. It may use the rooms that it names, which are listed before it.
func room(_ name: String, _ dependencies: [Target.Dependency], links: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/Core/\(name)", exclude: ["README.md"],
        swiftSettings: strict,
        linkerSettings: links.map { .linkedLibrary($0) })
}

let rooms: [Target] = [
    room("Bytes", ["CGuard", "CRegex"], links: expressions),
    room("Format", ["Bytes"]),
    room("Meaning", ["Bytes", "Format"]),
    room(
        "Container", ["Bytes", "CZlib", "CBzip2", "CLzma", "CZstd", "CLzo", "CLz4"], links: compressors),
    room("Stream", ["Bytes", "Format", "Meaning", "Container"]),
    room("Memory", ["Bytes", "Format", "Stream", "CZlib"]),
    room("Query", ["Bytes", "Format", "Stream", "Memory"]),
    room("Diagnose", ["Bytes", "Format", "Meaning", "Container", "Stream", "Memory"]),
    room("Compare", ["Bytes", "Format", "Stream", "Memory", "Diagnose"]),
    room("Edit", ["Bytes", "Format", "Container", "Stream", "Memory", "Diagnose"]),
    room(
        "Export",
        ["Bytes", "Format", "Container", "Stream", "Memory", "Query", "Compare", "Edit"]),
]

let core: [Target.Dependency] = rooms.map { .byName(name: $0.name) }

let package = Package(
    name: "migscope",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: rooms + [
        .target(name: "CArguments"),
        .target(name: "CGuard"),
        .target(name: "CFileRange"),
        .target(
            name: "CNcurses",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]
        ),
        .target(name: "CRegex"),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CBzip2"),
        .systemLibrary(name: "CLzma"),
        .systemLibrary(name: "CZstd"),
        .systemLibrary(name: "CLzo"),
        .systemLibrary(name: "CLz4"),
        .target(name: "TUI", dependencies: core, exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "Terminal", dependencies: ["TUI", "CNcurses"], exclude: ["README.md"], swiftSettings: strict
        ),
        .executableTarget(
            name: "migscope",
            dependencies: core + [
                "TUI", "Terminal", "CArguments", "CFileRange",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["README.md"],
            resources: [.embedInCode("Resources/sample-q35-10.0.mig.xz")],
            swiftSettings: strict
        ),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .target(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .target(name: "TestSupport", dependencies: core, path: "Tests/Support", swiftSettings: strict),
        .target(
            name: "FuzzTargets", dependencies: core + ["TUI", "TestSupport"], path: "Fuzz/Targets",
            swiftSettings: strict),
        .executableTarget(
            name: "migscope-fuzz", dependencies: ["FuzzTargets", "CFuzzer"], path: "Fuzz/Driver",
            swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: core + ["FuzzTargets", "TestSupport", "CAllocations"],
            swiftSettings: strict),
        .testTarget(
            name: "CoreTests",
            dependencies: core + ["TestSupport", "CAllocations", "CLz4", "CZlib", "CZstd"],
            exclude: ["Fixtures", "Truth"],
            swiftSettings: strict),
        .testTarget(
            name: "TUITests", dependencies: core + ["TUI", "CAllocations"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(name: "CLITests", dependencies: ["migscope"], swiftSettings: strict),
        .testTarget(name: "TerminalTests", dependencies: core + ["TUI", "Terminal"], swiftSettings: strict),
    ],
    // RE2 is C++.
    cxxLanguageStandard: .cxx17
)
