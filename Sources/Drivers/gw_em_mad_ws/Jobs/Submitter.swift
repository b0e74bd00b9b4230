import MADKit
import WebServices

/// Brings jobs into containers: what they need there first, then the jobs themselves.
struct Submitter: Sendable {
    let soap: SOAPClient
    let containers: Containers
    let subscriptions: Subscriptions?
    let delegation: DelegationMode
    /// The longest time for one of the steps.
    let patience: Duration
    let log: Log

    /// Delegates the proxy, unless that is switched off or the description names a credential.
    func delegate(
        _ credential: ProxyCredential, for description: JobDescription, at factory: EndpointReference,
        _ dialect: Dialect
    ) async throws -> EndpointReference? {
        guard delegation != .none, description.credential == nil else { return nil }
        func attempt() async throws -> EndpointReference {
            let delegate = try await containers.delegate(of: factory, dialect)
            return try await DelegationClient(soap, dialect).delegate(
                credential, isLimited: delegation == .limited, to: delegate.holder, at: delegate.factory,
                patience: patience)
        }
        do {
            return try await attempt()
        } catch let fault as SOAPFault where !fault.isResourceUnknown {
            // The container may have got another key since it was asked.
            containers.forgetDelegate(of: factory, dialect)
            return try await attempt()
        }
    }

    /// Creates the job, again with the same identifier when no answer comes: then it may be there or not.
    /// - Parameter orphan: called with the identifier when nobody knows in the end. Where no connection was made nothing was
    ///   sent, and there is none.
    func create(
        _ description: JobDescription, _ delegated: EndpointReference?, at factory: EndpointReference,
        _ dialect: Dialect, orphan: (UUID) -> Void
    ) async throws -> (JobTicket, Subscriptions.Entry?) {
        let service = JobService(soap: soap, dialect: dialect)
        var wish = await subscriptions?.open(at: factory, dialect)
        let identifier = UUID()
        let text = description.text(dialect, credential: delegated)
        let end = ContinuousClock.now + patience
        var isPerhapsSent = false
        do {
            for wait in [Duration.seconds(1), .seconds(5), nil] {
                func attempt() async throws -> JobService.Creation {
                    try await service.create(
                        text, identifier: identifier, expiry: Clock.now + Keeper.lifetime, subscription: wish,
                        at: factory, patience: max(.seconds(1), end - .now))
                }
                do {
                    let creation: JobService.Creation
                    do { creation = try await attempt() } catch let fault as SOAPFault {
                        guard let refused = wish, fault.concernsNotification(dialect) else { throw fault }
                        log.warning("subscribe", ["container": factory.address, "error": fault.description])
                        subscriptions?.refuse(refused, at: factory)
                        wish = nil
                        creation = try await attempt()
                    }
                    return (creation.ticket, wish.map { .init(wish: $0, endpoint: creation.subscription) })
                } catch let error as MADError where error.code == .unreachable {
                    isPerhapsSent = isPerhapsSent || !error.isBeforeConnection
                    guard let wait, .now + wait < end else { throw error }
                    log.warning("create", ["container": factory.address, "error": error.description])
                    try await pause(for: wait)
                }
            }
            throw MADError(.internal, "a submission without an attempt")
        } catch {
            if let wish { subscriptions?.close(wish.key) }
            if error is SOAPFault || !isPerhapsSent && (error as? MADError)?.isBeforeConnection == true {
                if let delegated {
                    let cleaner = Cleaner(soap: soap, log: log)
                    startTask { await cleaner.destroy(delegated, dialect, of: nil) }
                }
            } else {
                orphan(identifier)
            }
            throw error
        }
    }
}
