internal import CGlobus
import CPosix
import Glibc
import Ports

extension Listener {
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
