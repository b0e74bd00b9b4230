internal import CGlobus
import CPosix
import Glibc
import Globus
import MADKit

/// A port that clients connect to.
struct Listener: Sendable {
    let descriptor: Int32
    /// The port's number.
    let port: UInt16

    /// Opens a port on every address of this machine.
    /// - Parameter port: its number; `nil` for one of `GLOBUS_TCP_PORT_RANGE`, or any when that is not set.
    /// - Throws: ``MADError`` naming the port.
    init(port: UInt16?) throws(MADError) {
        let candidates = if let port { port...port } else { try PortRange.ofTheEnvironment() }
        guard let candidates else {
            self = try Listener(binding: 0)
            return
        }
        var last = MADError(.system, "no port")
        for port in candidates {
            do throws(MADError) {
                self = try Listener(binding: port)
                return
            } catch { last = error }
        }
        guard candidates.count > 1 else { throw last }
        throw MADError(
            .system, "every port of GLOBUS_TCP_PORT_RANGE \(candidates.lowerBound),\(candidates.upperBound) is in use",
            cause: last.description)
    }

    private init(binding port: UInt16) throws(MADError) {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        var descriptor = socket(AF_INET6, flags, 0)
        var isBound = false
        var yes: Int32 = 1
        var no: Int32 = 0
        let size = socklen_t(MemoryLayout<Int32>.size)
        if descriptor >= 0 {
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no, size)
            // A server that died leaves connections behind that block its port for a minute; its jobs know only this port.
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            isBound = withUnsafeBytes(of: &address) {
                bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) == 0
            }
            if !isBound, errno != EADDRNOTAVAIL {
                let error = MADError.system("cannot open port \(port)")
                close(descriptor)
                throw error
            }
        }
        if !isBound {
            // A machine without IPv6.
            if descriptor >= 0 { close(descriptor) }
            descriptor = socket(AF_INET, flags, 0)
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            isBound = withUnsafeBytes(of: &address) {
                bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) == 0
            }
        }
        // Whoever says nothing stays with the kernel: in all protocols here the client speaks first.
        var silence: Int32 = 20
        setsockopt(descriptor, mad_level_tcp, mad_tcp_defer_accept, &silence, size)
        guard isBound, listen(descriptor, 256) == 0 else {
            let error = MADError.system("cannot open port \(port)")
            close(descriptor)
            throw error
        }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutableBytes(of: &storage) {
            getsockname(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        // The port stands at the same place in both families.
        self.port = withUnsafeBytes(of: &storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
        self.descriptor = descriptor
    }

    /// The next client; waits for ever.
    func accept() -> Socket {
        while true {
            let client = mad_accept(descriptor)
            if client >= 0 { return Socket(client) }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // Out of descriptors, the client stays in the queue and poll would return at once.
            if errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM { usleep(50_000) }
            poll(&entry, 1, -1)
        }
    }

    /// The name under which other machines reach this one: `GLOBUS_HOSTNAME`, or the host's own.
    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard globus_libc_gethostname(&name, Int32(name.count)) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The ports that a firewall lets through, as Globus' programs are told: `GLOBUS_TCP_PORT_RANGE=first,last`.
enum PortRange {
    /// The range; `nil` when the variable is not set.
    /// - Throws: ``MADError`` when it holds something else.
    static func ofTheEnvironment() throws(MADError) -> ClosedRange<UInt16>? {
        guard let text = Environment["GLOBUS_TCP_PORT_RANGE"], !text.isEmpty else { return nil }
        let words = text.split { $0 == "," || $0 == " " }.map { UInt16($0) }
        guard words.count == 2, let first = words[0], let last = words[1], 0 < first, first <= last else {
            throw MADError(.invalid, "GLOBUS_TCP_PORT_RANGE is '\(text)', not FIRST,LAST")
        }
        return first...last
    }
}
