import MADKit
import Synchronization
import WebServices

/// Asks index services, each in the dialect that it speaks, with the user's proxy when there is one and anonymously when
/// not: indexes are public, but a site may want to know who asks.
final class IndexClient: Sendable {
    private let known: SOAPClient
    private let anonymous: SOAPClient
    private let dialect: Dialect?
    private let log: Log
    private let dialects = Mutex<[String: Dialect]>([:])
    private let complaint = Mutex("")

    /// - Parameter dialect: what all of them speak; `nil` to find out for each.
    init(_ launch: Launch, trust: Trust, dialect: Dialect?) {
        func client(_ proxy: ProxyFile?) -> SOAPClient {
            SOAPClient(
                trust: trust, proxy: proxy,
                limits: .init(requestsPerServer: launch.parallelOperations, answerBytes: IndexClient.longestAnswer),
                blocking: launch.blocking, log: launch.log)
        }
        known = client(ProxyFile())
        anonymous = client(nil)
        self.dialect = dialect
        log = launch.log
    }

    /// An index of ten thousand queues.
    private static let longestAnswer = 32 << 20

    /// What an XPath 1 expression finds at the index of a host: the element with all of it.
    /// - Throws: ``MADError`` when the index cannot be asked or refuses.
    func query(_ xpath: String, at url: URLParts, before deadline: Instant) async throws -> XMLElement {
        let client = await client()
        let authority = url.authority
        let guess = dialect ?? dialects.withLock { $0[authority] }
        do {
            return try await ask(client, xpath, url, guess ?? .gt42, deadline)
        } catch let fault as SOAPFault {
            guard dialect == nil, fault.isOperationUnknown else { throw refusal(fault, url) }
            do {
                // Neither understands the other, so the wrong guess costs a request and nothing else. A host that is
                // upgraded is found again in the same way.
                let other: Dialect = (guess ?? .gt42) == .gt42 ? .gt40 : .gt42
                let answer = try await ask(client, xpath, url, other, deadline)
                dialects.withLock { $0[authority] = other }
                log.info("dialect", ["index": "\(url)", "gt": other.rawValue])
                return answer
            } catch let second as SOAPFault {
                // What the right dialect's refusal says is of use; a server without any index says the same twice.
                throw refusal(second.isOperationUnknown ? fault : second, url)
            }
        }
    }

    private func ask(
        _ client: SOAPClient, _ xpath: String, _ url: URLParts, _ dialect: Dialect, _ deadline: Instant
    ) async throws -> XMLElement {
        try await ResourceClient(client, dialect).query(
            xpath, of: EndpointReference(url.description), patience: .milliseconds(max(1, deadline.millisecondsFromNow))
        )
    }

    private func refusal(_ fault: SOAPFault, _ url: URLParts) -> MADError {
        MADError(.refused, "\(url) refused", cause: fault.description)
    }

    /// With the proxy as it is now, or without. A proxy that is there and cannot be used is told once.
    private func client() async -> SOAPClient {
        do {
            _ = try await known.credential()
            return known
        } catch {
            let text = MADError.wrapping(error).description
            let isNews = complaint.withLock { complaint in
                defer { complaint = text }
                return complaint != text
            }
            if isNews { log.info("anonymous", ["because": text]) }
            return anonymous
        }
    }
}
