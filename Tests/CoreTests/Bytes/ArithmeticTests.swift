import Testing

@testable import Bytes

/// Numbers of a stream are computed with: nothing traps, and what does not fit is as near as can be.
@Suite struct ArithmeticTests {
    private static let edges: [Int] = [.min, .min + 1, -2, -1, 0, 1, 2, 1 << 32, .max - 1, .max]

    @Test(arguments: edges, edges) func signed(_ left: Int, _ right: Int) {
        // Wide enough for each result.
        let (a, b) = (Int128(left), Int128(right))
        let fits = { (wide: Int128) in Int(clamping: wide) }
        #expect(left + right == fits(a &+ b))
        #expect(left - right == fits(a &- b))
        #expect(left * right == fits(a &* b))
        #expect(left / right == (right == 0 ? 0 : fits(a / b)))
        #expect(left % right == (right == 0 ? 0 : fits(a % b)))
        #expect(-left == fits(0 &- a))
        let range = left..<right
        #expect(range.lowerBound == left && range.upperBound == max(left, right))
        var sum = left
        sum += right
        sum -= right
        sum *= right
        sum /= right
        sum %= right
        #expect(sum <= .max)
    }

    @Test(arguments: edges, edges) func unsigned(_ first: Int, _ second: Int) {
        let (left, right) = (UInt64(bitPattern: Int64(first)), UInt64(bitPattern: Int64(second)))
        let (a, b) = (UInt128(left), UInt128(right))
        #expect(left + right == UInt64(clamping: a &+ b))
        #expect(left - right == (left < right ? 0 : left &- right))
        #expect(left * right == UInt64(clamping: a &* b))
        #expect(left / right == (right == 0 ? 0 : UInt64(clamping: a / b)))
        #expect(Int(left) == Int(clamping: left) && UInt64(first) == UInt64(clamping: first))
        #expect(UInt8(left) == UInt8(clamping: left) && UInt32(first) == UInt32(clamping: first))
    }

    @Test func narrow() {
        let (small, large): (UInt8, UInt8) = (3, 250)
        #expect(large + small + small == 255)
        #expect(small - large == 0)
        #expect(UInt32.max + 1 == UInt32.max)
        #expect(UInt16.max * 2 == UInt16.max)
        let count = 70_000
        #expect(UInt16(count) == UInt16.max)
    }
}
