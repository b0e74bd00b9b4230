import Glibc

/// Tells a server that is gone from a network that is down, and both from a server that listens. The libraries use one
/// word for all three.
package enum Reachability: Sendable, Equatable {
    /// Somebody listens at the port.
    case accepts
    /// The host answers, but nobody listens at the port.
    case refuses
    /// The host cannot be reached; why.
    case unreachable(String)

    /// Tries to connect to a port. Blocks for `seconds` at most for each address, plus the time that resolving takes.
    package static func of(host: String, port: UInt16, seconds: Int32 = 5) -> Reachability {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .unreachable("\(host): \(String(cString: gai_strerror(code)))") }
        defer { freeaddrinfo(list) }
        var answer = Reachability.unreachable("\(host): no address")
        var entry = list
        while let address = entry?.pointee {
            switch attempt(address, seconds) {
            case 0: return .accepts
            case ECONNREFUSED: answer = .refuses
            case let code where answer != .refuses:
                answer = .unreachable("\(host):\(port): \(String(cString: strerror(code)))")
            default: break
            }
            entry = address.ai_next
        }
        return answer
    }

    /// The error number of an attempt, 0 for success.
    private static func attempt(_ address: addrinfo, _ seconds: Int32) -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ai_family, flags, 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        guard connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 else { return 0 }
        guard errno == EINPROGRESS else { return errno }
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, seconds * 1_000) > 0 else { return ETIMEDOUT }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }
}
