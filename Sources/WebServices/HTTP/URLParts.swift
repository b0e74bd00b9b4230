/// An `https` URL, taken apart as far as is needed.
public struct URLParts: Sendable, Hashable, CustomStringConvertible {
    /// The name or the address of the host, without brackets.
    public let host: String
    /// The port; 443 when the URL names none.
    public let port: UInt16
    /// The rest, from the slash on.
    public let path: String

    /// Reads a URL; `nil` for anything but `https://HOST[:PORT][/PATH]` in printable characters.
    public init?(_ text: String) {
        guard text.prefix(8).lowercased() == "https://", text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        let rest = text.utf8.dropFirst(8)
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        let authority = text[rest.startIndex..<end]
        guard let (host, port) = URLParts.split(authority), !authority.utf8.contains(UInt8(ascii: "@")) else {
            return nil
        }
        let path = text[end...]
        self.init(host: host, port: port ?? 443, path: path.isEmpty ? "/" : String(path))
    }

    /// Puts a URL together.
    public init(host: String, port: UInt16, path: String) {
        self.host = host
        self.port = port
        self.path = path
    }

    /// Host and port, as one word.
    public var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
    /// The URL.
    public var description: String { "https://\(authority)\(path)" }

    /// Takes `host`, `host:port`, `[address]` or `[address]:port` apart.
    public static func split(_ authority: some StringProtocol) -> (host: String, port: UInt16?)? {
        var host = Substring(authority)
        var rest: Substring = ""
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            rest = host[host.index(after: end)...]
            host = host[host.index(after: host.startIndex)..<end]
        } else if let colon = host.firstIndex(of: ":") {
            rest = host[colon...]
            host = host[..<colon]
        }
        guard !host.isEmpty else { return nil }
        guard !rest.isEmpty else { return (String(host), nil) }
        guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
        return (String(host), port)
    }
}
