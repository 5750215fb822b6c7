/// Display text for quantities.
package enum Quantity {
    /// Returns `1 page`, `2 pages`.
    ///
    /// - Parameter plural: The plural if it is not formed with `s`, such as `matches`.
    package static func text(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(count) " + (count == 1 ? singular : plural ?? singular + "s")
    }
}
