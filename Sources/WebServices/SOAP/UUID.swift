/// A random identifier (RFC 4122, version 4).
public struct UUID: Sendable, Hashable, CustomStringConvertible {
    /// In the usual form, lower case.
    public let description: String

    /// Makes one up.
    public init() {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & ~0xF000 | 0x4000
        let low = generator.next() & ~(0xC000 << 48) | 0x8000 << 48
        let digits = UUID.hexadecimal(high) + UUID.hexadecimal(low)
        var parts: [Substring] = []
        var rest = digits[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        description = parts.joined(separator: "-")
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
