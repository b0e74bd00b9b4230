import Synchronization
import WebServices

/// Where an index service is: a host, in an alphabet that can do no harm in a URL or to gwd, and perhaps a port.
struct IndexAddress: Hashable, Sendable {
    /// A name or a number, without brackets.
    let host: String
    /// The port, if one is known.
    let port: UInt16?

    /// Accepts `host`, `host:port` and `[number]:port`; `port` is for a text without one.
    init?(_ text: String, port: UInt16?) {
        // More than one colon is a number of IPv6, which stands in brackets when a port follows.
        let isBare = text.utf8.filter { $0 == 0x3A }.count > 1 && !text.hasPrefix("[")
        guard let parts = isBare ? (host: text, port: nil) : URLParts.split(text) else { return nil }
        let isNumber = parts.host.contains(":")
        let isPlain = parts.host.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2E
                || (isNumber ? byte == 0x3A : byte == 0x2D || byte == 0x5F)
        }
        guard isPlain, (1...255).contains(parts.host.utf8.count), parts.host.utf8.first != 0x2D else { return nil }
        host = parts.host
        self.port = parts.port ?? port
    }

    /// The address of its index service, at `usual` when it names no port.
    func url(_ usual: UInt16) -> URLParts {
        URLParts(host: host, port: port ?? usual, path: "/wsrf/services/DefaultIndexService")
    }
}

/// The ports at which hosts were said to have their index.
final class MemberPorts: Sendable {
    private let ports = Mutex<[String: UInt16]>([:])

    func remember(_ host: String, _ port: UInt16?) {
        if let port { ports.withLock { $0[host.lowercased()] = port } }
    }

    func port(of host: String) -> UInt16? { ports.withLock { $0[host.lowercased()] } }
}
