import Foundation

/// The sample stream, unpacked once for all tests.
enum Sample {
    static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("CoreTests/Fixtures")

    /// sample-q35-10.0.mig: 961 913 bytes, 2 CPUs, 20 devices.
    static let path: String = unpacked("sample-q35-10.0.mig")
    /// A stream without a description.
    static let undescribed: String = unpacked("no-vmdesc-7.2.mig")

    // Lives as long as the test run.
    private static let folder: URL = {
        let process = ProcessInfo.processInfo.processIdentifier
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "migscope-samples-\(process)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: Sample.folder) }
        return folder
    }()

    private static func unpacked(_ name: String) -> String {
        let target = folder.appendingPathComponent(name)
        let packed = fixtures.appendingPathComponent(name + ".xz").path
        do {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["xz", "--decompress", "--stdout", packed]
            _ = FileManager.default.createFile(atPath: target.path, contents: nil)
            process.standardOutput = try FileHandle(forWritingTo: target)
            try process.run()
            process.waitUntilExit()
        } catch {
            fatalError("xz \(packed): \(error); try: apt-get install xz-utils")
        }
        return target.path
    }
}
