/// Fields that the loader reads only where a field before them says so, and that are not in a description
/// where that was not so. One line each.
enum ConditionalFields {
    struct Rule: Sendable {
        var structure: String
        /// The field that decides, and when the other one is there.
        var decidedBy: String
        var isThere: @Sendable (UInt64) -> Bool
        var field: String
        /// Bytes of `field`.
        var size: Int
    }

    static let all: [Rule] = [
        // hw/ide/core.c vmstate_ide_drive
        Rule(
            structure: "ide_drive", decidedBy: "identify_set", isThere: { $0 != 0 }, field: "identify_data",
            size: 512)
    ]

    private static let known = Dictionary(
        all.map { ($0.structure, $0) }, uniquingKeysWith: { first, _ in first })

    static func rule(of structure: String) -> Rule? { known[structure] }
}
