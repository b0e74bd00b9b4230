/// A random identifier (RFC 4122, version 4).
public struct UUID: Sendable, Hashable, CustomStringConvertible {
    /// In the usual form, lower case.
    public let description: String

    /// Makes one up.
    public init() {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & ~0xF000 | 0x4000
        let low = generator.next() & ~(0xC000 << 48) | 0x8000 << 48
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (number, length) in [(high, 8), (high << 32, 4), (high << 48, 4), (low, 4), (low << 16, 12)] {
            if !text.isEmpty { text.append(UInt8(ascii: "-")) }
            for place in 1...length { text.append(digits[Int(number >> (64 - 4 * place) & 0xF)]) }
        }
        description = String(decoding: text, as: UTF8.self)
    }
}
