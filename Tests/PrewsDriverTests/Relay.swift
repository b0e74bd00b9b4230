import Foundation
import Synchronization

/// A server that accepts connections and stays silent until it is opened; then it passes everything on to another port of
/// this host.
final class Relay: Sendable {
    /// Where it listens.
    let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let state = Mutex((isOpen: false, waiting: [Int32]()))

    /// Listens at a free port.
    init(to target: UInt16) throws {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Relay.local(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, size) == 0, listen(listener, 50) == 0 else { return errno }
                return getsockname(listener, address, &size)
            }
        }
        guard code == 0 else { throw POSIXError(.EADDRINUSE) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while case let client = accept(listener, nil, nil), client >= 0 { self?.take(client) }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for client in state.withLock({ $0.waiting }) { close(client) }
    }

    /// Begins to pass on what was sent and will be sent.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        waiting.forEach(connect)
    }

    /// Ends the connections that wait.
    func hangUp() {
        state.withLock { state in
            state.waiting.forEach { close($0) }
            state.waiting = []
        }
    }

    private func take(_ client: Int32) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiting.append(client) }
            return state.isOpen
        }
        if isOpen { connect(client) }
    }

    private func connect(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Relay.local(target)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(client)
            close(server)
            return
        }
        for (from, to) in [(client, server), (server, client)] {
            Thread.detachNewThread {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while case let count = read(from, &buffer, buffer.count), count > 0 {
                    _ = send(to, buffer, count, Int32(MSG_NOSIGNAL))
                }
                shutdown(to, Int32(SHUT_WR))
            }
        }
    }

    private static func local(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
