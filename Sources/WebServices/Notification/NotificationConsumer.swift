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
    /// Who may use each key: names of hosts.
    private let expected = Mutex<[String: [String]]>([:])

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
        expected.withLock { $0[key] = names }
        let address = URLParts(host: host, port: port, path: "/wsrf/services/NotificationConsumerService")
        return Subscription(
            key: key, consumer: EndpointReference("\(address)", key: Notification.keyName, key), topic: topic)
    }

    /// Lets another host use the key of a subscription too: a service may have made its resource elsewhere.
    public func allow(_ name: String, for subscription: Subscription) {
        expected.withLock { expected in
            if expected[subscription.key]?.contains(name) == false { expected[subscription.key]?.append(name) }
        }
    }

    /// Nothing is expected for the subscription any more.
    public func forget(_ subscription: Subscription) {
        expected.withLock { $0[subscription.key] = nil }
    }

    /// The status that answers a message.
    private func take(_ post: ServedConnection.Post, _ tell: (Notification) -> Void) -> Int {
        guard let notification = Notification(post.body, limit: NotificationConsumer.longestBody) else { return 400 }
        guard let names = expected.withLock({ $0[notification.key] }) else { return 404 }
        guard post.peer.isHost(named: names) || (try? proxy.look()).map({ post.peer.isOwner(of: $0) }) == true else {
            log.warning("notification", ["refused": post.peer.subject, "expected": names.joined(separator: " ")])
            return 403
        }
        tell(notification)
        return 200
    }
}
