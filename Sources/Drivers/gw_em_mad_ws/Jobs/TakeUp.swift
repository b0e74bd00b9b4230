import MADKit
import WebServices

/// Takes up jobs of an earlier process, of which nothing is known but their contacts.
struct TakeUp: Sendable {
    let soap: SOAPClient
    let jobs: JobRegistry
    let containers: Containers
    let hearing: Hearing

    private var inquiry: Inquiry { hearing.inquiry }

    /// Learns what is needed to look after a job, and its state. All steps together take at most `patience`.
    /// - Throws: ``MADError`` of code `unknown` when its container certainly does not know it; of another code when that
    ///   cannot be learned now.
    func take(_ contact: JobContact, patience: Duration) async throws -> JobState {
        try await within(patience) { [self] in
            let end = ContinuousClock.now + patience
            if jobs.job(contact)?.isTakenUp == false { try await takeIn(contact, until: end) }
            let state = try await inquiry.state(of: contact, patience: rest(until: end))
            if let job = jobs.job(contact), job.subscription == nil {
                hearing.keeper.attend()
                startTask { await subscribe(contact, patience: patience) }
            }
            return state
        }
    }

    /// Learns how the container of a job is spoken to.
    func learnDialect(of contact: JobContact) async throws {
        guard let job = jobs.job(contact), !job.isTakenUp, job.ticket.dialect == nil else { return }
        guard let url = URLParts(job.ticket.address) else { throw MADError(.invalid, "'\(contact)' is no job contact") }
        do {
            let dialect = try await containers.dialect(of: FactoryContact(url, manager: "Fork"))
            jobs.change(contact) { $0.dialect = dialect }
        } catch let fault as SOAPFault {
            throw MADError(.refused, "\(url.authority) does not tell which release it is", cause: fault.description)
        }
    }

    /// Learns where the job's credential is: asked before the state, because with the state the end may come.
    private func takeIn(_ contact: JobContact, until end: ContinuousClock.Instant) async throws {
        try await learnDialect(of: contact)
        guard let job = jobs.job(contact) else { return }
        var credential: EndpointReference?
        do {
            credential = try await JobService(soap: soap, dialect: job.dialect)
                .credential(of: job.endpoint, patience: rest(until: end) / 2)
        } catch let fault as SOAPFault where !fault.isOperationUnknown {
            // Its state tells more; the credential is asked for again with the next look.
            return
        } catch is SOAPFault {
            // It has none.
        }
        jobs.change(contact) { job in
            job.credential = credential
            job.isTakenUp = true
        }
    }

    private func rest(until end: ContinuousClock.Instant) -> Duration { max(.milliseconds(100), end - .now) }

    /// Asks for notifications of a job of an earlier process, whose own went with its port.
    private func subscribe(_ contact: JobContact, patience: Duration) async {
        guard let subscriptions = inquiry.subscriptions, let job = jobs.job(contact), job.subscription == nil,
            let wish = await subscriptions.open(at: job.endpoint, job.dialect)
        else { return }
        do {
            let endpoint = try await JobService(soap: soap, dialect: job.dialect)
                .subscribe(wish, to: job.endpoint, patience: patience)
            hearing.attend(to: contact, .init(wish: wish, endpoint: endpoint))
            // What happened between the first look and the subscription, nobody tells.
            jobs.change(contact) { $0.due = .now }
            hearing.keeper.attend()
        } catch {
            inquiry.log.warning("subscribe", ["contact": contact.text, "error": "\(error)"])
            subscriptions.close(wish.key)
        }
    }
}
