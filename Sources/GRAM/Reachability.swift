import Glibc

/// Tells a server that is gone from a network that is down.
package enum Reachability {
    /// Tries to connect to a port. Blocks for `seconds` at most, plus the time that resolving the name takes.
    /// - Returns: `nil` when the host answered, be it with a refusal; else why it did not.
    package static func trouble(host: String, port: UInt16, seconds: Int32 = 5) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return "\(host): \(String(cString: gai_strerror(code)))" }
        defer { freeaddrinfo(list) }
        var trouble = "\(host): no address"
        var entry = list
        while let address = entry?.pointee {
            guard let reason = attempt(address, seconds) else { return nil }
            trouble = "\(host):\(port): \(reason)"
            entry = address.ai_next
        }
        return trouble
    }

    private static func attempt(_ address: addrinfo, _ seconds: Int32) -> String? {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ai_family, flags, 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var code: Int32 = 0
        if connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { return errno == ECONNREFUSED ? nil : String(cString: strerror(errno)) }
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&entry, 1, seconds * 1_000) > 0 else { return "no answer within \(seconds) s" }
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        }
        return code == 0 || code == ECONNREFUSED ? nil : String(cString: strerror(code))
    }
}
