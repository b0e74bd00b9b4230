import MADKit
import Synchronization

/// Sends messages to web services, with the user's proxy certificate as it is at that moment, or anonymously.
public final class SOAPClient: Sendable {
    private let trust: Trust
    private let proxy: ProxyFile?
    private let limits: HTTPClient.Limits
    private let blocking: BlockingPool
    private let log: Log
    private let names = HostNames()
    private let current = Mutex<(credential: ProxyCredential?, client: HTTPClient)?>(nil)

    /// Makes a client; nothing is read and no server asked.
    /// - Parameters:
    ///   - proxy: the credential to show; `nil` to stay anonymous.
    ///   - blocking: where files are read.
    public init(
        trust: Trust, proxy: ProxyFile?, limits: HTTPClient.Limits = HTTPClient.Limits(), blocking: BlockingPool,
        log: Log
    ) {
        self.trust = trust
        self.proxy = proxy
        self.limits = limits
        self.blocking = blocking
        self.log = log
    }

    /// The credential as it is now; `nil` for an anonymous client.
    /// - Throws: ``MADError`` of code `credential`.
    public func credential() async throws -> ProxyCredential? {
        guard let proxy else { return nil }
        if let recent = proxy.recent { return recent }
        return try await blocking.run { try proxy.look() }
    }

    /// Sends a message and gives the element in the body of the answer.
    /// - Throws: ``SOAPFault`` when the service refuses; ``MADError`` when there is no usable answer; `CancellationError`.
    @discardableResult
    public func call(_ message: SOAPMessage) async throws -> XMLElement {
        let deadline = ContinuousClock.now + message.patience
        guard let url = URLParts(message.endpoint.address) else {
            throw MADError(.invalid, "'\(message.endpoint.address)' is no https address of a service")
        }
        // Loading libcurl and asking for names take their part of the time.
        let client = try await client(for: try await credential())
        let names = try await self.names.names(of: url.host, blocking)
        var request = HTTPRequest(
            url: url,
            headers: [
                ("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", "\"\(message.action)\""),
            ], body: message.envelope(identifier: UUID()), patience: deadline - .now, kind: message.kind)
        request.alternativeNames = names
        log.debug("request", ["to": url.description, "action": message.action])
        let answer = try await client.send(request)
        return try SOAPAnswer.body(of: answer, from: url, limit: limits.answerBytes)
    }

    /// The names by which a host is known: its own, and those of its address when it is one.
    public func names(of host: String) async throws -> [String] { [host] + (try await names.names(of: host, blocking)) }

    /// Connections belong to a credential: another one gets a client of its own.
    private func client(for credential: ProxyCredential?) async throws -> HTTPClient {
        if let known = current.withLock({ $0 }), known.credential === credential { return known.client }
        return try await blocking.run { [self] in
            // Outside of the lock, because the first one takes its time. Of two that were made at once one is used.
            let client = try HTTPClient(trust: trust, identity: credential, limits: limits, log: log)
            return current.withLock { current in
                if let current, current.credential === credential { return current.client }
                current = (credential, client)
                return client
            }
        }
    }
}
