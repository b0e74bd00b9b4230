import Glibc
import MADKit
import Synchronization

/// Receives what services tell of their own accord (WS-BaseNotification), over HTTPS with the user's proxy.
///
/// Anybody can connect, so three things are asked of a notification: a certificate that ``Trust`` accepts, the key of a
/// subscription, which only we and the service know, and that the certificate is the host's with which the subscription
/// was made, or the user's own, with whose credential a personal container runs.
public final class NotificationConsumer: Sendable {
    private let server: MessageServer
    private let proxy: ProxyFile
    private let log: Log
    private struct State {
        /// Who may use each key: names of hosts.
        var expected: [String: [String]] = [:]
        /// Keys of subscriptions that are over, oldest first: what still comes for them is thrown away, but is no error that
        /// a service should hear of.
        var over: [String] = []
    }

    private static let longestMemory = 200
    private let state = Mutex(State())

    private static let longestBody = 256 << 10

    /// Opens a port of `GLOBUS_TCP_PORT_RANGE`, or any when that is not set. Nobody is served before
    /// ``receive(_:)``.
    /// - Throws: ``MADError`` when no port can be opened, naming them.
    public init(trust: Trust, proxy: ProxyFile, log: Log) throws(MADError) {
        self.proxy = proxy
        self.log = log
        server = try MessageServer(
            trust: trust, proxy: proxy, limits: .init(bodyBytes: NotificationConsumer.longestBody), log: log)
    }

    /// Begins to serve, on a thread of its own, for the rest of the process's life. `tell` is called with each
    /// notification, one after another, and must not take long.
    public func receive(_ tell: @escaping @Sendable (Notification) -> Void) {
        Thread.start { [self] in
            server.run { [self] post in take(post, tell) }
        }
    }

    /// The port.
    public var port: UInt16 { server.port }

    /// Makes a subscription, for a request to a service.
    /// - Parameters:
    ///   - topic: what it is about.
    ///   - names: the names of the hosts that may notify.
    ///   - host: the name or the address by which they reach this machine.
    public func subscription(to topic: XMLName, from names: [String], reachedAs host: String) -> Subscription {
        let key = UUID().description
        state.withLock { $0.expected[key] = names }
        let address = URLParts(host: host, port: port, path: "/wsrf/services/NotificationConsumerService")
        return Subscription(
            key: key, consumer: EndpointReference("\(address)", key: Notification.keyName, key), topic: topic)
    }

    /// Lets another host use the key of a subscription too: a service may have made its resource elsewhere.
    public func allow(_ name: String, for subscription: Subscription) {
        state.withLock { state in
            guard state.expected[subscription.key]?.contains(name) == false else { return }
            state.expected[subscription.key]?.append(name)
        }
    }

    /// Nothing is expected any more for the subscription of that key.
    public func forget(_ key: String) {
        state.withLock { state in
            guard state.expected.removeValue(forKey: key) != nil else { return }
            if state.over.count >= NotificationConsumer.longestMemory { state.over.removeFirst() }
            state.over.append(key)
        }
    }

    /// The status that answers a message.
    private func take(_ post: ServedConnection.Post, _ tell: (Notification) -> Void) -> Int {
        guard let notification = Notification(post.body, limit: NotificationConsumer.longestBody) else { return 400 }
        let (expected, isOver) = state.withLock { state in
            (state.expected[notification.key], state.over.contains(notification.key))
        }
        guard let names = expected else { return isOver ? 200 : 404 }
        guard post.peer.isHost(named: names) || (try? proxy.look()).map({ post.peer.isOwner(of: $0) }) == true else {
            log.warning("notification", ["refused": post.peer.subject, "expected": names.joined(separator: " ")])
            return 403
        }
        tell(notification)
        return 200
    }
}
