/// Statistics of a range of bytes: checksums, byte frequencies and entropy. The bytes are added in pieces.
package struct ByteStatistics: Sendable {
    package private(set) var count = 0
    /// The number of occurrences of each byte value.
    package private(set) var histogram = [Int](repeating: 0, count: 256)
    private var checksum: UInt32 = .max
    private var digest = SHA256()

    package init() {}

    /// Adds bytes. O(bytes).
    package mutating func add(_ bytes: [UInt8]) {
        count += bytes.count
        for byte in bytes {
            histogram[Int(byte)] += 1
            checksum = Self.table[Int(UInt8(truncatingIfNeeded: checksum) ^ byte)] ^ (checksum >> 8)
        }
        digest.add(bytes)
    }

    /// The CRC-32 of zlib, gzip and PNG.
    package var crc32: UInt32 { ~checksum }

    /// The SHA-256 digest, 32 bytes.
    package var sha256: [UInt8] { digest.finished }

    /// The entropy in bits per byte: from 0, when all bytes are equal, to 8.
    package var entropy: Double {
        guard count > 0 else { return 0 }
        var sum = 0.0
        for times in histogram where times > 0 {
            let share = Double(times) / Double(count)
            sum -= share * Self.log2(share)
        }
        return max(sum, 0)
    }

    // The artanh series after the exponent is separated, to avoid a dependency on the math library.
    private static func log2(_ value: Double) -> Double {
        let fraction = value.significand
        let step = (fraction - 1) / (fraction + 1)
        var term = step
        var sum = 0.0
        for number in stride(from: 1.0, to: 60, by: 2) {
            sum += term / number
            term *= step * step
        }
        return Double(value.exponent) + 2 * sum / 0.693_147_180_559_945_3
    }

    private static let table: [UInt32] = (0..<256).map { number in
        var value = UInt32(number)
        for _ in 0..<8 { value = value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
        return value
    }
}

/// SHA-256 (FIPS 180-4).
struct SHA256: Sendable {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
        0x5be0_cd19,
    ]
    private var rest: [UInt8] = []
    private var count: UInt64 = 0

    /// Adds bytes. O(bytes).
    mutating func add(_ bytes: [UInt8]) {
        count &+= UInt64(bytes.count)
        var start = 0
        if !rest.isEmpty {
            start = min(64 - rest.count, bytes.count)
            rest += bytes[..<start]
            guard rest.count == 64 else { return }
            block(rest, at: 0)
            rest.removeAll(keepingCapacity: true)
        }
        while bytes.count - start >= 64 {
            block(bytes, at: start)
            start += 64
        }
        rest += bytes[start...]
    }

    /// The digest of the bytes so far.
    var finished: [UInt8] {
        var copy = self
        var padding: [UInt8] = [0x80]
        let zeros = (119 - Int(count % 64)) % 64
        padding += [UInt8](repeating: 0, count: zeros)
        let bits = count &* 8
        padding += (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
        copy.add(padding)
        return copy.state.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
        }
    }

    private mutating func block(_ bytes: [UInt8], at start: Int) {
        var words = [UInt32](repeating: 0, count: 64)
        for index in 0..<16 {
            let place = start + index * 4
            let high = UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16
            words[index] = high | UInt32(bytes[place + 2]) << 8 | UInt32(bytes[place + 3])
        }
        for index in 16..<64 {
            let (early, late) = (words[index - 15], words[index - 2])
            let first = Self.turned(early, 7) ^ Self.turned(early, 18) ^ (early >> 3)
            let second = Self.turned(late, 17) ^ Self.turned(late, 19) ^ (late >> 10)
            words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
        }
        var next = state
        for index in 0..<64 {
            let (a, e) = (next[0], next[4])
            let choice = e & next[5] ^ ~e & next[6]
            let mixed = Self.turned(e, 6) ^ Self.turned(e, 11) ^ Self.turned(e, 25)
            let first = next[7] &+ mixed &+ choice &+ Self.constants[index] &+ words[index]
            let majority = a & next[1] ^ a & next[2] ^ next[1] & next[2]
            let second = (Self.turned(a, 2) ^ Self.turned(a, 13) ^ Self.turned(a, 22)) &+ majority
            next = [first &+ second, a, next[1], next[2], next[3] &+ first, e, next[5], next[6]]
        }
        for index in state.indices { state[index] = state[index] &+ next[index] }
    }

    private static func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 {
        word >> bits | word << (32 - bits)
    }

    // The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
        0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7,
        0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc,
        0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351,
        0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e,
        0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585,
        0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f,
        0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
        0xc671_78f2,
    ]
}
