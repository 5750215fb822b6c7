// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableExperimentalFeature("Lifetimes"),
]

// Not in the module maps: the release links them statically (Makefile).
let libraries = ["z", "bz2", "lzma", "zstd", "lzo2", "lz4", "re2"]

let package = Package(
    name: "migscope",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        .target(name: "CArguments"),
        .target(name: "CGuard"),
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
        .target(
            name: "Core",
            dependencies: ["CGuard", "CRegex", "CZlib", "CBzip2", "CLzma", "CZstd", "CLzo", "CLz4"],
            swiftSettings: strict,
            linkerSettings: libraries.map { .linkedLibrary($0) }
        ),
        .target(name: "TUI", dependencies: ["Core"], swiftSettings: strict),
        .target(name: "Terminal", dependencies: ["TUI", "CNcurses"], swiftSettings: strict),
        .executableTarget(
            name: "migscope",
            dependencies: [
                "Core", "TUI", "Terminal", "CArguments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [.embedInCode("Resources/sample-q35-10.0.mig.xz")],
            swiftSettings: strict
        ),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .testTarget(
            name: "CoreTests", dependencies: ["Core", "CAllocations"], exclude: ["Fixtures", "Truth"],
            swiftSettings: strict),
        .testTarget(
            name: "TUITests", dependencies: ["TUI", "Core", "CAllocations"], exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(name: "CLITests", dependencies: ["migscope"], swiftSettings: strict),
        .testTarget(name: "TerminalTests", dependencies: ["TUI", "Terminal", "Core"], swiftSettings: strict),
    ],
    // RE2 is C++.
    cxxLanguageStandard: .cxx17
)
