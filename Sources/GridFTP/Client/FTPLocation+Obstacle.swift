import Globus

extension FTPLocation {
    /// Why no connection can be made to the server, or `nil` when one can: the library does not tell. Blocks, for two
    /// seconds at most for each address beyond what the name service takes.
    var obstacle: String? {
        var host = serverName[...]
        var port = scheme == .https ? "443" : "80"
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            port = String(host[host.index(after: colon)...])
            host = host[..<colon]
        }
        host = host.drop { $0 == "[" }.prefix { $0 != "]" }
        guard let number = UInt16(port) else { return "'\(port)' is not a port number" }
        return switch Reachability.of(host: String(host), port: number, seconds: 2) {
        case .accepts: nil
        case .refuses: "cannot connect to \(host):\(port): Connection refused"
        case .unreachable(let reason): "cannot connect to \(reason)"
        }
    }
}
