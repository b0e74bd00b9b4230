import Glibc
import MADKit

/// Connects a socket. libldap could, but would tell every failure as "can't contact", and would give each address of a
/// name the whole time.
enum DirectorySocket {
    /// A socket that is connected to the first address of the server that answers; it does not block.
    /// - Throws: ``MADError`` naming the server and what became of the last address.
    static func connected(to server: DirectoryServer, before deadline: Instant) throws(MADError) -> Int32 {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(server.host, String(server.port), &hints, &list)
        guard code == 0 else {
            throw MADError(
                .unreachable, "\(server.url): cannot find the host", cause: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(list) }
        var addresses: [addrinfo] = []
        var next = list
        while let address = next?.pointee {
            addresses.append(address)
            next = address.ai_next
        }
        var last = MADError(.unreachable, server.url, cause: "the host has no address")
        for (number, address) in addresses.enumerated() {
            // An address that is dead leaves time for those behind it.
            let left = Int(deadline.millisecondsFromNow) / (addresses.count - number)
            do throws(MADError) { return try connected(address, server, milliseconds: Int32(clamping: left)) } catch {
                last = error
            }
        }
        throw last
    }

    private static func connected(
        _ address: addrinfo, _ server: DirectoryServer, milliseconds: Int32
    ) throws(MADError) -> Int32 {
        let kind = address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.ai_family, kind, address.ai_protocol)
        guard descriptor >= 0 else { throw .system("\(server.url): cannot make a socket") }
        var code: Int32 = 0
        if connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            code = errno
            if code == EINPROGRESS || code == EINTR {
                var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&watched, 1, milliseconds) == 0 {
                    code = ETIMEDOUT
                } else {
                    var length = socklen_t(MemoryLayout<Int32>.size)
                    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
                }
            }
        }
        guard code == 0 else {
            close(descriptor)
            if code == ETIMEDOUT {
                throw MADError(.timedOut, server.url, cause: "no answer within the deadline")
            }
            throw MADError(.unreachable, "\(server.url): cannot connect", cause: String(cString: strerror(code)))
        }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }
}
