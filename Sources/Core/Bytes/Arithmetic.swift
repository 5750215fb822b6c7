/// Arithmetic that never traps.
///
/// Offsets, sizes and counts come from a stream, a description or a user, and any of them may be hostile. The
/// standard operators end the program if a result does not fit. These return the nearest number that fits, so
/// that an end too far away is one that no stream reaches, and the next check refuses it. The compiler
/// prefers them to the standard ones in each file that imports this module; `.ci/arithmetic` lists the
/// exceptions.
///
/// - Sums, differences, products, negation: saturate.
/// - Quotients and remainders by 0: 0.
/// - A range whose end precedes its start: empty, at its start.
/// - Conversions: clamp.
///
/// `&+`, `&-` and `&*` wrap as usual, for operations on bits. Each operator costs as much as the standard
/// one: an operation and a branch that is never taken.

/// The saturating operations behind the operators of all types.
extension FixedWidthInteger {
    @inlinable @_transparent
    package func nearestSum(_ other: Self) -> Self {
        let (result, isTooMuch) = addingReportingOverflow(other)
        return isTooMuch ? other < 0 ? .min : .max : result
    }

    @inlinable @_transparent
    package func nearestDifference(_ other: Self) -> Self {
        let (result, isTooMuch) = subtractingReportingOverflow(other)
        return isTooMuch ? other < 0 ? .max : .min : result
    }

    @inlinable @_transparent
    package func nearestProduct(_ other: Self) -> Self {
        let (result, isTooMuch) = multipliedReportingOverflow(by: other)
        return isTooMuch ? (self < 0) == (other < 0) ? .max : .min : result
    }

    @inlinable @_transparent
    package func nearestQuotient(_ other: Self) -> Self {
        let (result, isUndefined) = dividedReportingOverflow(by: other)
        return isUndefined ? other == 0 ? 0 : .max : result
    }

    @inlinable @_transparent
    package func nearestRemainder(_ other: Self) -> Self {
        let (result, isUndefined) = remainderReportingOverflow(dividingBy: other)
        return isUndefined ? 0 : result
    }
}

// The compiler prefers an operator to that of the standard library only if it is declared for the exact type.

extension Int {
    @inlinable @_transparent
    package static func + (left: Int, right: Int) -> Int { left.nearestSum(right) }

    @inlinable @_transparent
    package static func += (left: inout Int, right: Int) { left = left.nearestSum(right) }

    @inlinable @_transparent
    package static func - (left: Int, right: Int) -> Int { left.nearestDifference(right) }

    @inlinable @_transparent
    package static func -= (left: inout Int, right: Int) { left = left.nearestDifference(right) }

    @inlinable @_transparent
    package static func * (left: Int, right: Int) -> Int { left.nearestProduct(right) }

    @inlinable @_transparent
    package static func *= (left: inout Int, right: Int) { left = left.nearestProduct(right) }

    @inlinable @_transparent
    package static func / (left: Int, right: Int) -> Int { left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func /= (left: inout Int, right: Int) { left = left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func % (left: Int, right: Int) -> Int { left.nearestRemainder(right) }

    @inlinable @_transparent
    package static func %= (left: inout Int, right: Int) { left = left.nearestRemainder(right) }

    @inlinable @_transparent
    package static prefix func - (number: Int) -> Int { Int.zero.nearestDifference(number) }
}

extension Int64 {
    @inlinable @_transparent
    package static func + (left: Int64, right: Int64) -> Int64 { left.nearestSum(right) }

    @inlinable @_transparent
    package static func += (left: inout Int64, right: Int64) { left = left.nearestSum(right) }

    @inlinable @_transparent
    package static func - (left: Int64, right: Int64) -> Int64 { left.nearestDifference(right) }

    @inlinable @_transparent
    package static func -= (left: inout Int64, right: Int64) { left = left.nearestDifference(right) }

    @inlinable @_transparent
    package static func * (left: Int64, right: Int64) -> Int64 { left.nearestProduct(right) }

    @inlinable @_transparent
    package static func *= (left: inout Int64, right: Int64) { left = left.nearestProduct(right) }

    @inlinable @_transparent
    package static func / (left: Int64, right: Int64) -> Int64 { left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func /= (left: inout Int64, right: Int64) { left = left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func % (left: Int64, right: Int64) -> Int64 { left.nearestRemainder(right) }

    @inlinable @_transparent
    package static func %= (left: inout Int64, right: Int64) { left = left.nearestRemainder(right) }

    @inlinable @_transparent
    package static prefix func - (number: Int64) -> Int64 { Int64.zero.nearestDifference(number) }
}

extension Int32 {
    @inlinable @_transparent
    package static func + (left: Int32, right: Int32) -> Int32 { left.nearestSum(right) }

    @inlinable @_transparent
    package static func += (left: inout Int32, right: Int32) { left = left.nearestSum(right) }

    @inlinable @_transparent
    package static func - (left: Int32, right: Int32) -> Int32 { left.nearestDifference(right) }

    @inlinable @_transparent
    package static func -= (left: inout Int32, right: Int32) { left = left.nearestDifference(right) }

    @inlinable @_transparent
    package static func * (left: Int32, right: Int32) -> Int32 { left.nearestProduct(right) }

    @inlinable @_transparent
    package static func *= (left: inout Int32, right: Int32) { left = left.nearestProduct(right) }

    @inlinable @_transparent
    package static func / (left: Int32, right: Int32) -> Int32 { left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func /= (left: inout Int32, right: Int32) { left = left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func % (left: Int32, right: Int32) -> Int32 { left.nearestRemainder(right) }

    @inlinable @_transparent
    package static func %= (left: inout Int32, right: Int32) { left = left.nearestRemainder(right) }

    @inlinable @_transparent
    package static prefix func - (number: Int32) -> Int32 { Int32.zero.nearestDifference(number) }
}

extension UInt64 {
    @inlinable @_transparent
    package static func + (left: UInt64, right: UInt64) -> UInt64 { left.nearestSum(right) }

    @inlinable @_transparent
    package static func += (left: inout UInt64, right: UInt64) { left = left.nearestSum(right) }

    @inlinable @_transparent
    package static func - (left: UInt64, right: UInt64) -> UInt64 { left.nearestDifference(right) }

    @inlinable @_transparent
    package static func -= (left: inout UInt64, right: UInt64) { left = left.nearestDifference(right) }

    @inlinable @_transparent
    package static func * (left: UInt64, right: UInt64) -> UInt64 { left.nearestProduct(right) }

    @inlinable @_transparent
    package static func *= (left: inout UInt64, right: UInt64) { left = left.nearestProduct(right) }

    @inlinable @_transparent
    package static func / (left: UInt64, right: UInt64) -> UInt64 { left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func /= (left: inout UInt64, right: UInt64) { left = left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func % (left: UInt64, right: UInt64) -> UInt64 { left.nearestRemainder(right) }

    @inlinable @_transparent
    package static func %= (left: inout UInt64, right: UInt64) { left = left.nearestRemainder(right) }
}

extension UInt32 {
    @inlinable @_transparent
    package static func + (left: UInt32, right: UInt32) -> UInt32 { left.nearestSum(right) }

    @inlinable @_transparent
    package static func += (left: inout UInt32, right: UInt32) { left = left.nearestSum(right) }

    @inlinable @_transparent
    package static func - (left: UInt32, right: UInt32) -> UInt32 { left.nearestDifference(right) }

    @inlinable @_transparent
    package static func -= (left: inout UInt32, right: UInt32) { left = left.nearestDifference(right) }

    @inlinable @_transparent
    package static func * (left: UInt32, right: UInt32) -> UInt32 { left.nearestProduct(right) }

    @inlinable @_transparent
    package static func *= (left: inout UInt32, right: UInt32) { left = left.nearestProduct(right) }

    @inlinable @_transparent
    package static func / (left: UInt32, right: UInt32) -> UInt32 { left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func /= (left: inout UInt32, right: UInt32) { left = left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func % (left: UInt32, right: UInt32) -> UInt32 { left.nearestRemainder(right) }

    @inlinable @_transparent
    package static func %= (left: inout UInt32, right: UInt32) { left = left.nearestRemainder(right) }
}

extension UInt16 {
    @inlinable @_transparent
    package static func + (left: UInt16, right: UInt16) -> UInt16 { left.nearestSum(right) }

    @inlinable @_transparent
    package static func += (left: inout UInt16, right: UInt16) { left = left.nearestSum(right) }

    @inlinable @_transparent
    package static func - (left: UInt16, right: UInt16) -> UInt16 { left.nearestDifference(right) }

    @inlinable @_transparent
    package static func -= (left: inout UInt16, right: UInt16) { left = left.nearestDifference(right) }

    @inlinable @_transparent
    package static func * (left: UInt16, right: UInt16) -> UInt16 { left.nearestProduct(right) }

    @inlinable @_transparent
    package static func *= (left: inout UInt16, right: UInt16) { left = left.nearestProduct(right) }

    @inlinable @_transparent
    package static func / (left: UInt16, right: UInt16) -> UInt16 { left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func /= (left: inout UInt16, right: UInt16) { left = left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func % (left: UInt16, right: UInt16) -> UInt16 { left.nearestRemainder(right) }

    @inlinable @_transparent
    package static func %= (left: inout UInt16, right: UInt16) { left = left.nearestRemainder(right) }
}

extension UInt8 {
    @inlinable @_transparent
    package static func + (left: UInt8, right: UInt8) -> UInt8 { left.nearestSum(right) }

    @inlinable @_transparent
    package static func += (left: inout UInt8, right: UInt8) { left = left.nearestSum(right) }

    @inlinable @_transparent
    package static func - (left: UInt8, right: UInt8) -> UInt8 { left.nearestDifference(right) }

    @inlinable @_transparent
    package static func -= (left: inout UInt8, right: UInt8) { left = left.nearestDifference(right) }

    @inlinable @_transparent
    package static func * (left: UInt8, right: UInt8) -> UInt8 { left.nearestProduct(right) }

    @inlinable @_transparent
    package static func *= (left: inout UInt8, right: UInt8) { left = left.nearestProduct(right) }

    @inlinable @_transparent
    package static func / (left: UInt8, right: UInt8) -> UInt8 { left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func /= (left: inout UInt8, right: UInt8) { left = left.nearestQuotient(right) }

    @inlinable @_transparent
    package static func % (left: UInt8, right: UInt8) -> UInt8 { left.nearestRemainder(right) }

    @inlinable @_transparent
    package static func %= (left: inout UInt8, right: UInt8) { left = left.nearestRemainder(right) }
}

extension Int {
    @inlinable @_transparent
    package static func ..< (start: Int, end: Int) -> Range<Int> {
        Range(uncheckedBounds: (start, end < start ? start : end))
    }

    @inlinable @_transparent
    package init(_ number: UInt64) { self.init(clamping: number) }
}

extension UInt64 {
    @inlinable @_transparent
    package init(_ number: Int) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: Int64) { self.init(clamping: number) }
}

extension Int64 {
    @inlinable @_transparent
    package init(_ number: UInt64) { self.init(clamping: number) }
}

extension UInt32 {
    @inlinable @_transparent
    package init(_ number: Int) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: UInt64) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: Int64) { self.init(clamping: number) }
}

extension UInt16 {
    @inlinable @_transparent
    package init(_ number: Int) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: UInt64) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: UInt32) { self.init(clamping: number) }
}

extension UInt8 {
    @inlinable @_transparent
    package init(_ number: Int) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: UInt64) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: UInt32) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: UInt16) { self.init(clamping: number) }
}

extension Int32 {
    @inlinable @_transparent
    package init(_ number: Int) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: UInt32) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: UInt64) { self.init(clamping: number) }

    @inlinable @_transparent
    package init(_ number: Int64) { self.init(clamping: number) }
}

/// The operators by name, to show that a result may be the limit instead of the number.
extension Int {
    @inlinable package func addingSaturated(_ other: Int) -> Int { self + other }
    @inlinable package func multipliedSaturated(by other: Int) -> Int { self * other }
}
