import Glibc

/// Finds out what stands between here and a server, where the library does not tell.
enum Reachability {
    /// Why no connection can be made to the server of `place`, or `nil` when one can. Blocks, for two seconds at most
    /// beyond what the name service takes.
    static func obstacle(to place: FTPLocation) -> String? {
        var host = place.serverName[...]
        var port = place.scheme == .https ? "443" : "80"
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            port = String(host[host.index(after: colon)...])
            host = host[..<colon]
        }
        host = host.drop { $0 == "[" }.prefix { $0 != "]" }

        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var addresses: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(String(host), port, &hints, &addresses)
        guard code == 0 else { return "cannot find \(host): \(String(cString: gai_strerror(code)))" }
        defer { freeaddrinfo(addresses) }

        var reason = "no address"
        var next = addresses
        while let address = next?.pointee {
            guard let problem = problem(connectingTo: address) else { return nil }
            reason = problem
            next = address.ai_next
        }
        return "cannot connect to \(host):\(port): \(reason)"
    }

    private static func problem(connectingTo address: addrinfo) -> String? {
        let descriptor = socket(
            address.ai_family, address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        guard connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 else { return nil }
        guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, 2_000) > 0 else { return "no answer" }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        return code == 0 ? nil : String(cString: strerror(code))
    }
}
