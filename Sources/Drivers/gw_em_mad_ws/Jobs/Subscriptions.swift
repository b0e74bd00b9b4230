import MADKit
import Synchronization
import WebServices

/// Notifications that were asked for, and the jobs that they are about.
final class Subscriptions: Sendable {
    /// `--notifications`.
    private enum Mode: String { case auto, on, off }

    /// What was asked for, and where it can be ended.
    struct Entry: Sendable {
        let wish: Subscription
        let endpoint: EndpointReference?
    }

    /// Who a notification is for.
    private enum Owner {
        /// Its job is being created; what has come so far is kept.
        case expected([Notification])
        case job(JobContact)
    }

    private struct State {
        var owners: [String: Owner] = [:]
        /// How many jobs of a container ended without a notification, since the last that came.
        var silences: [String: Int] = [:]
    }

    /// After so many silent jobs a container is not asked any more: it cannot reach us, and would only try in vain.
    private static let enough = 5
    /// A job has ten states.
    private static let mostEarly = 20

    private let consumer: NotificationConsumer
    private let soap: SOAPClient
    private let blocking: BlockingPool
    private let log: Log
    private let isPersistent: Bool
    private let addresses = Shared<String, String>()
    private let state = Mutex(State())

    /// Opens the port of the consumer; `nil` when notifications are switched off, or when there is no port for them and
    /// nobody insists.
    init?(_ launch: Launch, soap: SOAPClient, proxy: ProxyFile) throws(MADError) {
        let word = launch.options["notifications"] ?? "auto"
        guard let mode = Mode(rawValue: word) else {
            throw MADError(.invalid, "option --notifications: '\(word)' is not auto, on or off")
        }
        guard mode != .off else { return nil }
        do throws(MADError) {
            consumer = try NotificationConsumer(
                trust: Trust(acceptsLegacyTLS: launch.options.has("legacy-tls")), proxy: proxy, log: launch.log)
        } catch {
            guard mode == .auto else { throw error }
            launch.log.warning("no-notifications", ["error": error.description])
            return nil
        }
        self.soap = soap
        blocking = launch.blocking
        log = launch.log
        isPersistent = mode == .on
        log.info("consumer", ["port": "\(consumer.port)"])
    }

    /// Begins to take notifications: `tell` gets each with its job.
    func receive(_ tell: @escaping @Sendable (Notification, JobContact) -> Void) {
        consumer.receive { [self] notification in
            let contact = state.withLock { state -> JobContact? in
                switch state.owners[notification.key] {
                case .job(let contact): return contact
                case .expected(let early):
                    if early.count < Subscriptions.mostEarly {
                        state.owners[notification.key] = .expected(early + [notification])
                    }
                    return nil
                case nil: return nil
                }
            }
            if let contact { tell(notification, contact) }
        }
    }

    /// Makes a subscription for a job at `endpoint`, or for one that is to be created there; `nil` when its container is
    /// not asked.
    func open(at endpoint: EndpointReference, _ dialect: Dialect) async -> Subscription? {
        guard let url = URLParts(endpoint.address),
            isPersistent || state.withLock({ $0.silences[url.authority, default: 0] < Subscriptions.enough })
        else { return nil }
        do {
            let names = try await soap.names(of: url.host)
            let wish = consumer.subscription(
                to: dialect.stateTopic, from: names, reachedAs: try await ownName(towards: url))
            state.withLock { $0.owners[wish.key] = .expected([]) }
            return wish
        } catch {
            log.warning("subscribe", ["container": url.authority, "error": "\(error)"])
            return nil
        }
    }

    /// The name or address by which a container reaches this machine: what the administrator says, else the address from
    /// which it is reached.
    private func ownName(towards url: URLParts) async throws -> String {
        if let name = Environment["GLOBUS_HOSTNAME"] { return name }
        return try await addresses.value(url.authority) { [blocking] in
            try await blocking.run {
                guard let address = NameService.ownAddress(towards: url.host, port: url.port) else {
                    throw MADError(.unreachable, "no way to \(url.host)")
                }
                return address
            }
        }
    }

    /// The job of a subscription is known now.
    /// - Returns: what has come for it already.
    func assign(_ wish: Subscription, to job: JobRegistry.Job) -> [Notification] {
        // Jobs may live on another host than their factory.
        if let url = URLParts(job.ticket.address) { consumer.allow(url.host, for: wish) }
        return state.withLock { state in
            let owner = state.owners.updateValue(.job(job.contact), forKey: wish.key)
            if case .expected(let early) = owner { return early }
            return []
        }
    }

    /// Nothing is expected any more for the subscription of that key.
    func close(_ key: String) {
        consumer.forget(key)
        state.withLock { _ = $0.owners.removeValue(forKey: key) }
    }

    /// A container takes no such subscriptions.
    func refuse(_ wish: Subscription, at endpoint: EndpointReference) {
        close(wish.key)
        guard let authority = URLParts(endpoint.address)?.authority else { return }
        state.withLock { $0.silences[authority] = Subscriptions.enough }
    }

    /// A job is over.
    func close(_ job: JobRegistry.Job) {
        guard let key = job.subscription else { return }
        close(key)
        let place = (job.factory ?? job.endpoint).address
        guard let authority = URLParts(place)?.authority, job.isHeard || !job.isCancelled else { return }
        let isSilent = state.withLock { state in
            guard !job.isHeard else {
                state.silences[authority] = nil
                return false
            }
            state.silences[authority, default: 0] += 1
            return state.silences[authority] == Subscriptions.enough
        }
        if isSilent, !isPersistent { log.warning("silent", ["container": authority]) }
    }
}
