import Grid
import MADKit
import WebServices

/// Runs jobs through WS-GRAM, in the dialects of Globus Toolkit 4.0 and 4.2.
///
/// States are told by notifications where containers can reach this machine (``Hearing``), and asked for by ``Keeper`` on
/// kept connections; gwd hears of changes without asking.
final class WSDriver: ExecutionDriver {
    let news: AsyncStream<JobNews>

    private let launch: Launch
    private let port: UInt16
    private let soap: SOAPClient
    private let containers: Containers
    private let jobs: JobRegistry
    private let teller: Teller
    private let clock: CredentialClock
    private let inquiry: Inquiry
    private let keeper: Keeper
    private let submitter: Submitter
    private let subscriptions: Subscriptions?
    private let hearing: Hearing

    init(_ launch: Launch) async throws {
        let options = launch.options
        let gt = options["gt"] ?? "auto"
        let dialect = Dialect(rawValue: gt)
        guard dialect != nil || gt == "auto" else {
            throw MADError(.invalid, "option --gt: '\(gt)' is not 4.0, 4.2 or auto")
        }
        guard let delegation = DelegationMode(rawValue: options["delegation"] ?? "full") else {
            throw MADError(
                .invalid, "option --delegation: '\(options["delegation"] ?? "")' is not full, limited or none")
        }
        let interval = Duration.seconds(try options.integer("poll-interval", in: 1...86_400) ?? 30)
        let requests = try options.integer("requests", in: 1...256) ?? 8
        let proxy = ProxyFile()
        let credential = try await launch.blocking.run { try proxy.look() }

        let (news, told) = AsyncStream.makeStream(of: JobNews.self)
        let teller = Teller(news: told, log: launch.log)
        self.news = news
        self.teller = teller
        self.launch = launch
        port = try options.integer("port", in: 1...65_535).map { UInt16($0) } ?? FactoryContact.standardPort
        soap = SOAPClient(
            trust: Trust(acceptsLegacyTLS: options.has("legacy-tls")), proxy: proxy,
            limits: HTTPClient.Limits(requestsPerServer: requests, answerBytes: 4 << 20), blocking: launch.blocking,
            log: launch.log)
        containers = Containers(soap, dialect: dialect, patience: launch.patience, log: launch.log)
        jobs = JobRegistry(interval: interval)
        subscriptions = try Subscriptions(launch, soap: soap, proxy: proxy)
        submitter = Submitter(
            soap: soap, containers: containers, subscriptions: subscriptions, delegation: delegation,
            patience: launch.patience, log: launch.log)
        clock = CredentialClock { teller.notice($0) }
        inquiry = Inquiry(soap: soap, jobs: jobs, subscriptions: subscriptions, log: launch.log)
        keeper = Keeper(
            soap: soap, jobs: jobs, containers: containers, inquiry: inquiry, teller: teller, clock: clock,
            delegation: delegation)
        hearing = Hearing(jobs: jobs, inquiry: inquiry, keeper: keeper, teller: teller)
        clock.note(path: credential.path, expiry: credential.expiry)
        subscriptions?.receive { [hearing] in hearing.take($0, about: $1) }
    }

    func submit(_ submission: Submission) async throws -> JobContact {
        let named = try FactoryContact(submission.resource, port: port)
        let path = submission.document
        let description = try await launch.blocking.run {
            try JobDescription(try FileBytes(path: path).bytes, path: path)
        }
        guard let credential = try await soap.credential() else { throw MADError(.internal, "no credential") }
        clock.note(path: credential.path, expiry: credential.expiry)
        let contact = try description.factory.map { try named.moved(to: $0) } ?? named
        do {
            let dialect = try await containers.dialect(of: contact)
            let factory = containers.known(description.factory ?? contact.factory(dialect))
            let delegated = try await submitter.delegate(credential, for: description, at: factory, dialect)
            let (ticket, subscription) = try await submitter.create(
                description, delegated, at: factory, dialect,
                orphan: { abandon($0, delegated, contact, dialect) })
            guard let job = ticket.contact, job.text.utf8.count <= min(launch.limits.infoBytes, 480) else {
                let service = JobService(soap: soap, dialect: dialect)
                subscription.map { subscriptions?.close($0.wish.key) }
                startTask {
                    _ = try? await service.end(
                        ticket.endpoint(dialect), isWithCredentials: true, patience: .seconds(60))
                }
                throw MADError(
                    .internal, "\(contact.authority) gave no usable job contact",
                    cause: "\(ticket.address)?\(ticket.identifier)")
            }
            enter(job, ticket, dialect) { entry in
                entry.factory = factory
                entry.credential = delegated
                entry.credentialAge = credential.modified
                entry.expiry = Clock.now + Keeper.lifetime
            }
            if let subscription { hearing.attend(to: job, subscription) }
            return job
        } catch let fault as SOAPFault {
            throw refusal(fault, contact)
        }
    }

    private func enter(
        _ contact: JobContact, _ ticket: JobTicket, _ dialect: Dialect,
        _ body: (inout JobRegistry.Job) -> Void = { _ in }
    ) {
        jobs.add(contact, ticket, dialect)
        jobs.change(contact, body)
        keeper.attend()
    }

    private func refusal(_ fault: SOAPFault, _ contact: FactoryContact) -> MADError {
        if fault.isResourceUnknown {
            return MADError(
                .unknown, "\(contact.authority) has no local resource manager '\(contact.manager)' (case matters)",
                cause: fault.description)
        }
        let hint = fault.description.contains("not authorized") ? " (is the user in its grid-mapfile?)" : ""
        return MADError(.refused, "\(contact.authority) did not take the job", cause: fault.description + hint)
    }

    /// Has a job ended about which nobody knows whether it was created.
    private func abandon(
        _ identifier: UUID, _ delegated: EndpointReference?, _ container: FactoryContact, _ dialect: Dialect
    ) {
        let ticket = JobTicket(
            address: container.address(of: "ManagedExecutableJobService"), identifier: "\(identifier)", dialect: dialect
        )
        guard let contact = ticket.contact else { return }
        launch.log.warning("orphan", ["contact": contact.text])
        enter(contact, ticket, dialect) { job in
            job.isOrphan = true
            job.credential = delegated
        }
    }

    /// gwd never learned of this job: its request had been answered meanwhile.
    func abandon(_ contact: JobContact) async {
        jobs.change(contact) { job in
            job.isOrphan = true
            job.due = .now
        }
        keeper.attend()
    }

    func recover(_ contact: JobContact) async throws -> JobState {
        guard let ticket = JobTicket(contact) else {
            throw MADError(.invalid, "'\(contact)' is not a WS-GRAM job contact (https://HOST:PORT/PATH?ID)")
        }
        if jobs.job(contact) == nil, jobs.end(of: contact) == nil {
            jobs.add(contact, ticket, ticket.dialect ?? .gt40) { job in
                job.isRecovered = true
                job.isTakenUp = false
                // Until this request is answered, nobody else asks.
                job.due = .now + launch.patience
            }
        }
        // No try begins in the last three quarters of the deadline, and none lasts into its last quarter: the answer must
        // be ours.
        let begin = ContinuousClock.now
        while true {
            do {
                let state = try await keeper.takeUp.take(
                    contact, patience: begin + launch.patience * 3 / 4 - .now)
                lookSoon(after: contact)
                return state
            } catch let error as MADError where error.code != .unknown {
                if error.code == .credential { clock.note(error) }
                launch.log.warning("recover", ["contact": contact.text, "error": error.description])
                guard .now < begin + launch.patience / 4 else {
                    return counted(contact, asPendingBecause: error.description)
                }
            } catch {
                await forget(contact)
                throw error
            }
            try await pause(for: min(.seconds(5), launch.patience / 16))
        }
    }

    /// From a FAILURE gwd concludes that the job is over, and may run it a second time. Only a job that its container does
    /// not know is one; any other is pending, and asked about until somebody answers for it.
    private func counted(_ contact: JobContact, asPendingBecause reason: String) -> JobState {
        lookSoon(after: contact)
        teller.notice("nobody answers for the job \(contact); it counts as pending until somebody does: \(reason)")
        return .pending
    }

    /// gwd gives a job up after three failures, so only a job that is unknown is one: whatever else prevents the answer,
    /// the last known state stays in force.
    func poll(_ contact: JobContact) async throws -> JobState {
        do {
            return try await keeper.state(of: contact, patience: launch.patience)
        } catch let error as MADError where error.code != .unknown {
            if error.code == .credential { clock.note(error) }
            // A job of which its container knows nothing at the moment is asked about again before long.
            keeper.attend()
            throw MADError(.unreachable, error.message, cause: error.cause)
        }
    }

    func cancel(_ contact: JobContact) async throws {
        guard jobs.end(of: contact) == nil else { return }
        try await within(launch.patience / 4) { [keeper] in try await keeper.takeUp.learnDialect(of: contact) }
        guard let job = jobs.job(contact) else { throw MADError(.unknown, "Job does not exist") }
        jobs.change(contact) { $0.isCancelled = true }
        // GT 4.0 answers only when the job is over. That may take longer than gwd's patience; the order is given all the
        // same, and the end is told when it comes.
        let order = startTask { [self] in await end(job) }
        let outcome: Result<Void, MADError>
        do {
            outcome = try await within(min(.seconds(20), launch.patience / 2)) { await order.value }
        } catch let error as MADError where error.code == .timedOut {
            return
        }
        do { try outcome.get() } catch {
            // Where the answer got lost, the order may have been carried out.
            if error.code == .refused { jobs.change(contact) { $0.isCancelled = false } }
            throw error
        }
    }

    /// Ends a job and tells so.
    private func end(_ job: JobRegistry.Job) async -> Result<Void, MADError> {
        let service = JobService(soap: soap, dialect: job.dialect)
        do {
            let isOver = try await service.end(
                job.endpoint, isWithCredentials: job.ownsCredential, patience: .seconds(600))
            if isOver { return .success(cancelled(job.contact)) }
            lookSoon(after: job.contact)
            return .success(())
        } catch let fault as SOAPFault where fault.isResourceUnknown {
            return .success(cancelled(job.contact))
        } catch let fault as SOAPFault {
            return .failure(
                MADError(.refused, "cannot cancel the job \(job.contact)", cause: fault.description))
        } catch {
            let error = MADError.wrapping(error)
            // No answer within ten minutes, or a broken connection: the order may have been carried out.
            lookSoon(after: job.contact)
            return .failure(
                MADError(error.code, "cannot cancel the job \(job.contact)", cause: error.description))
        }
    }

    private func lookSoon(after contact: JobContact) {
        jobs.change(contact) { job in
            job.delay = .seconds(1)
            job.due = .now + .seconds(1)
        }
        keeper.attend()
    }

    private func cancelled(_ contact: JobContact) {
        teller.tell(contact, inquiry.finish(contact, end: .cancelled, isDestroyed: true))
    }

    func forget(_ contact: JobContact) async {
        if let job = jobs.forget(contact) { subscriptions?.close(job) }
    }
}
