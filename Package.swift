// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableExperimentalFeature("Lifetimes"),
]

// Not in the module maps: the release links them statically (Makefile).
let compressors = ["z", "bz2", "lzma", "zstd", "lzo2", "lz4"]

let package = Package(
    name: "migscope",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        .target(name: "CArguments"),
        .target(name: "CGuard"),
        .target(name: "CFileRange"),
        .target(
            name: "CNcurses",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]
        ),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CBzip2"),
        .systemLibrary(name: "CLzma"),
        .systemLibrary(name: "CZstd"),
        .systemLibrary(name: "CLzo"),
        .systemLibrary(name: "CLz4"),
        .target(
            name: "Core",
            dependencies: ["CGuard", "CZlib", "CBzip2", "CLzma", "CZstd", "CLzo", "CLz4"],
            swiftSettings: strict,
            linkerSettings: compressors.map { .linkedLibrary($0) }
        ),
        .target(name: "TUI", dependencies: ["Core"], swiftSettings: strict),
        .target(name: "Terminal", dependencies: ["TUI", "CNcurses"], swiftSettings: strict),
        .executableTarget(
            name: "migscope",
            dependencies: [
                "Core", "TUI", "Terminal", "CArguments", "CFileRange",
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
    ]
)
