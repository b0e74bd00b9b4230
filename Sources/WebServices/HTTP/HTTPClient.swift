internal import CCurl
import Glibc
import MADKit
import Synchronization

/// Sends requests over HTTPS, with one credential or none, on kept connections.
///
/// One thread does all of it, while there is something to be done. A renewed credential needs a new client: connections
/// were made with the old one.
public final class HTTPClient: Sendable {
    /// How much at once and how long.
    public struct Limits: Sendable {
        /// The most requests of a kind (``HTTPRequest/Kind``) on the way to one server; others wait for their turn.
        public var requestsPerServer: Int
        /// The most bytes of an answer.
        public var answerBytes: Int

        /// Sets both.
        public init(requestsPerServer: Int = 8, answerBytes: Int = 64 << 20) {
            self.requestsPerServer = requestsPerServer
            self.answerBytes = answerBytes
        }
    }

    private let engine: TransferEngine
    private let trust: Trust
    private let identity: ProxyCredential?
    private let limits: Limits
    private let log: Log
    private let last = Atomic<UInt64>(0)

    /// Makes a client; no server is asked. The first one loads libcurl, which reads files and takes some milliseconds: call
    /// where blocking is allowed.
    /// - Parameters:
    ///   - trust: whom to believe.
    ///   - identity: shown to each server; `nil` to stay anonymous.
    /// - Throws: ``MADError`` when this system's libcurl cannot do what is needed.
    public init(trust: Trust, identity: ProxyCredential?, limits: Limits = Limits(), log: Log) throws(MADError) {
        self.trust = trust
        self.identity = identity
        self.limits = limits
        self.log = log
        engine = try TransferEngine(trust: trust, requestsPerServer: limits.requestsPerServer)
    }

    /// Sends a request and waits for the answer, whatever its status.
    /// - Throws: ``MADError`` of code `unreachable`, `timedOut`, `credential` (no trust in either direction) or `refused`;
    ///   `CancellationError` as soon as the task is cancelled.
    public func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let number = last.add(1, ordering: .relaxed).newValue
        let check = PeerCheck(
            trust: trust, identity: identity, names: [request.url.host] + request.alternativeNames, log: log)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                engine.start(
                    Transfer(
                        number: number, request: request, check: check, answerLimit: limits.answerBytes,
                        continuation: continuation))
            }
        } onCancel: {
            engine.cancel(number)
        }
    }
}
