extension Int {
    /// The sum, or Int.max where it does not fit.
    @inlinable package func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product, or Int.max where it does not fit. Both must not be negative.
    @inlinable package func multipliedSaturated(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
