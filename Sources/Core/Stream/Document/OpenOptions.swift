import Container

/// How to open a file: what concerns its containers is a member too.
@dynamicMemberLookup
package struct OpenOptions: Sendable {
    package var container = ContainerOptions()
    /// Whether overlays say what bytes mean. A caller that asks only for fields can do without: it is half of opening a
    /// small stream.
    package var explains = true
    /// Stands in for a description that the stream does not have.
    package var description: BorrowedDescription?
    /// Where such a description is looked for when none is given.
    package var descriptionFolder: DescriptionFolder?
    /// Which of several streams in a file, counted from 1: after the end of one another may begin.
    package var stream = 1

    package init() {}

    package subscript<Value>(dynamicMember member: WritableKeyPath<ContainerOptions, Value>) -> Value {
        get { container[keyPath: member] }
        set { container[keyPath: member] = newValue }
    }
}
