/// A host name or address with an optional port, in an alphabet that can do no harm in a URL, a filter or a DN.
///
/// Names of hosts come out of directories in which any site can write anything, travel through gwd and come back as
/// something to connect to.
package struct HostAddress: Hashable, Sendable {
    /// The name, or the address without brackets.
    package let host: String
    /// The port behind it.
    package let port: Int?

    /// Accepts letters, digits, `.`, `_` and `-`, not `-` in front, 255 bytes at most; or an IPv6 address, in brackets if
    /// a port follows. `nil` for anything else.
    package init?(_ text: String) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            let host = String(text[..<end].dropFirst())
            guard HostAddress.isIPv6(host), let port = HostAddress.port(rest) else { return nil }
            (self.host, self.port) = (host, port)
        } else if text.utf8.lazy.filter({ $0 == 0x3A }).count > 1 {
            guard HostAddress.isIPv6(text) else { return nil }
            (host, port) = (text, nil)
        } else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            let host = String(text[..<colon])
            guard HostAddress.isName(host), let port = HostAddress.port(text[colon...]) else { return nil }
            (self.host, self.port) = (host, port)
        }
    }

    /// A port behind a colon; `.some(nil)` for no text, `nil` for a wrong one.
    private static func port(_ text: Substring) -> Int?? {
        if text.isEmpty { return .some(nil) }
        let digits = text.dropFirst()
        guard text.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(digits), (1...65_535).contains(number)
        else { return nil }
        return .some(number)
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != 0x2D, text.utf8.count <= 255 else { return false }
        return text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D
                || byte == 0x5F
        }
    }

    private static func isIPv6(_ text: String) -> Bool {
        (2...45).contains(text.utf8.count) && text.utf8.contains(0x3A)
            && text.utf8.allSatisfy { byte in
                (0x61...0x66).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x3A || byte == 0x2E
            }
    }
}
