import CPosix
import Glibc
import MADKit

/// A port of this machine that clients connect to, open on all its addresses.
package struct Listener: Sendable {
    /// The listening socket, which does not block.
    package let descriptor: Int32
    /// The port's number.
    package let port: UInt16

    /// Opens a port on every address of this machine.
    /// - Parameter port: its number; `nil` for one of `GLOBUS_TCP_PORT_RANGE`, or any when that is not set.
    /// - Throws: ``MADError`` naming the port.
    package init(port: UInt16?) throws(MADError) {
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
}
