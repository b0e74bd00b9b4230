import CPosix
import Glibc
import MADKit
import Ports

/// An HTTPS server for short messages, with the user's proxy as its certificate: each connection brings one POST and gets
/// one status. Only clients with a certificate that ``Trust`` accepts come as far as that.
///
/// One thread does everything and waits for nobody: a client that is slow or silent holds a place until its deadline, and
/// loses it before when places are short. Without connections the thread sleeps.
final class MessageServer: @unchecked Sendable {
    // Sendable because the connections belong to the thread of `run`.

    /// How much at once and how long.
    struct Limits {
        var connections = 128
        var bodyBytes = 256 << 10
        /// From the first byte to the answer.
        var patience = Duration.seconds(20)
    }

    private let listener: Listener
    private let trust: Trust
    private let proxy: ProxyFile
    private let limits: Limits
    private let log: Log
    private var connections: [ServedConnection] = []

    /// Opens a port of `GLOBUS_TCP_PORT_RANGE`, or any when that is not set.
    /// - Throws: ``MADError`` when none is free.
    init(trust: Trust, proxy: ProxyFile, limits: Limits = Limits(), log: Log) throws(MADError) {
        self.trust = trust
        self.proxy = proxy
        self.limits = limits
        self.log = log
        listener = try Listener(port: nil)
    }

    /// The port's number.
    var port: UInt16 { listener.port }

    /// Serves for ever. `serve` gives the status for a message, and must not take long: the others wait meanwhile.
    func run(_ serve: @escaping (ServedConnection.Post) -> Int) -> Never {
        while true {
            var entries = connections.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
            entries.append(pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0))
            poll(&entries, nfds_t(entries.count), patience)
            let now = ContinuousClock.now
            var isReady = entries.makeIterator()
            connections.removeAll { connection in
                let isReady = isReady.next().map { $0.revents != 0 } ?? false
                // Who always has something to say comes to the end of its time too.
                return connection.deadline <= now || isReady && !connection.advance()
            }
            if entries.last?.revents != 0 { takeClients(serve) }
        }
    }

    /// How long to sleep, in milliseconds: until the first connection is given up.
    private var patience: Int32 {
        guard let first = connections.map(\.deadline).min() else { return -1 }
        return Int32(clamping: max(0, Transfer.milliseconds(until: first) + 1))
    }

    private func takeClients(_ serve: @escaping (ServedConnection.Post) -> Int) {
        while true {
            let client = mad_accept(listener.descriptor)
            guard client >= 0 else {
                switch errno {
                case EINTR, ECONNABORTED: continue
                case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                    // The client stays in the queue, and poll would return at once.
                    if connections.isEmpty { usleep(50_000) } else { makeRoom() }
                    return
                default: return
                }
            }
            if connections.count >= limits.connections { makeRoom() }
            guard let connection = connection(with: client, serve) else { continue }
            // In all likelihood the client's first words are here.
            if connection.advance() { connections.append(connection) }
        }
    }

    /// Gives up the oldest connection, if possible one of a client that has not shown who it is.
    private func makeRoom() {
        guard !connections.isEmpty else { return }
        connections.remove(at: connections.firstIndex { $0.isStranger } ?? 0)
    }

    private func connection(
        with client: Int32, _ serve: @escaping (ServedConnection.Post) -> Int
    ) -> ServedConnection? {
        do throws(MADError) {
            // The proxy as it is now: it is renewed while the port stays open.
            let check = PeerCheck(trust: trust, identity: try proxy.look(), names: nil, log: log)
            if let connection = ServedConnection(
                client, check: check, longestBody: limits.bodyBytes, patience: limits.patience, log: log, serve: serve)
            {
                return connection
            }
            log.warning("connection", ["error": check.refusal ?? OpenSSLError.take()])
        } catch {
            log.warning("connection", ["error": error.description])
        }
        close(client)
        return nil
    }
}
