import Format

/// Which of several records of equal name below one parent a record is: counted once for all of them, so that
/// tens of thousands of equal sections cost no square.
package struct TwinNumbers {
    private struct Key: Hashable {
        package var parent: Int
        package var name: NameID
        /// -1 for what is no section.
        package var instance: Int
    }

    private var counts: [Key: Int] = [:]
    // Of records that are not the first of their name.
    private var numbers: [Int: Int] = [:]
    // Children of each parent that were counted.
    private var counted: [Int: Int] = [:]
    /// Records that were looked at; for tests.
    package private(set) var work = 0

    /// The root as a parent.
    package static let root = -1

    /// 1 for the first record of its name below `parent`, 2 for the second. `children` are all of them, in
    /// order; those that were counted before are not looked at again.
    package mutating func number(
        of record: Int, in children: [Int], below parent: Int, _ records: [SectionRecord]
    ) -> Int {
        for child in children.dropFirst(counted[parent, default: 0]) {
            work += 1
            let isSection = records[child].isSection
            let instance = isSection ? Int(records[child].instance) : -1
            let key = Key(parent: parent, name: records[child].name, instance: instance)
            counts[key, default: 0] += 1
            if let number = counts[key], number > 1 { numbers[child] = number }
        }
        counted[parent] = children.count
        return numbers[record] ?? 1
    }

    /// The last child of `parent` makes room for others; it had no twin.
    package mutating func removeLast(of parent: Int, count: Int) {
        counted[parent] = min(counted[parent, default: 0], count - 1)
    }
}
