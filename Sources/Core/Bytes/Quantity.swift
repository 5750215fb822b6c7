/// Numbers of things, for people.
package enum Quantity {
    /// `1 page`, `2 pages`.
    ///
    /// - Parameter plural: where it does not end in `s` alone, such as `matches`.
    package static func text(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(count) " + (count == 1 ? singular : plural ?? singular + "s")
    }
}
