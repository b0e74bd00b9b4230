import GRAM
import Globus
import MADKit

/// Runs jobs through Globus GRAM.
///
/// States come from the job managers' notifications; ``Keeper`` asks where none come. What a job manager cannot tell any
/// more is the matter of ``Inquiry``.
final class PrewsDriver: ExecutionDriver {
    let news: AsyncStream<JobNews>

    private let launch: Launch
    private let port: UInt16?
    private let client: GRAMClient
    private let jobs: JobRegistry
    private let teller: Teller
    private let clock: CredentialClock
    private let inquiry: Inquiry
    private let keeper: Keeper

    init(_ launch: Launch) async throws {
        self.launch = launch
        let port = try launch.options.integer("port", in: 1...65_535).map { UInt16($0) }
        let interval = Duration.seconds(try launch.options.integer("poll-interval", in: 1...86_400) ?? 30)
        let proxy = ProxyWatch()
        let credential = try await launch.blocking.run { try proxy.look() }

        let (news, told) = AsyncStream.makeStream(of: JobNews.self)
        let jobs = JobRegistry(interval: interval)
        let teller = Teller(jobs: jobs, news: told, log: launch.log)
        let hear: @Sendable (JobReport) -> Void = { teller.hear($0) }
        let client = GRAMClient(
            proxy: proxy, threads: launch.blocking, listener: launch.options.has("no-callbacks") ? nil : hear)
        self.news = news
        self.port = port
        self.client = client
        self.jobs = jobs
        self.teller = teller
        clock = CredentialClock { teller.notice($0) }
        inquiry = Inquiry(
            client: client, jobs: jobs, port: port ?? GatekeeperContact.standardPort, threads: launch.blocking)
        keeper = Keeper(
            client: client, jobs: jobs, inquiry: inquiry, teller: teller, clock: clock, interval: interval)
        clock.note(credential)
        // GRAM's start would take INIT too long; a failure shows again at the first request.
        startTask { _ = try? await client.prepare() }
    }

    func submit(_ submission: Submission) async throws -> JobContact {
        let gatekeeper = GatekeeperContact(submission.resource.text, port: port)
        let rsl = try await launch.blocking.run { try JobDocument.read(submission.document) }
        let credential = try await client.prepare()
        clock.note(credential)
        if let limit = client.room(for: rsl) {
            throw JobDocument.tooLong(submission.document, size: rsl.count, limit: limit)
        }
        let url: String
        jobs.expect()
        defer { jobs.settle() }
        do {
            url = try await client.submit(rsl, to: gatekeeper) { [self] url in
                // The library calls; what is to be done is not done on its thread.
                startTask { [self] in
                    end(orphan: url, of: submission.job, at: gatekeeper, credential: credential.modified)
                }
            }
        } catch let error as GRAMError {
            throw try await launch.blocking.run { gatekeeper.refusal(error, of: credential) }
        }
        // Even a gwd that reads long replies keeps no long contacts.
        let limit = min(launch.limits.infoBytes, GWDLimits.oldest.infoBytes)
        guard let contact = JobTicket(url: url, gatekeeper: gatekeeper).contact(within: limit) else {
            throw MADError(.internal, "\(gatekeeper) gave no usable job contact", cause: url)
        }
        for state in jobs.add(contact, gatekeeper: gatekeeper, credential: credential.modified) {
            teller.tell(contact.text, state)
        }
        keeper.attend()
        return contact
    }

    /// Has a job ended that was accepted after gwd had been told that its submission failed: it would run twice.
    private func end(orphan url: String, of job: JobID, at gatekeeper: GatekeeperContact, credential: Int) {
        launch.log.warning("orphan", ["job": "\(job)", "contact": url])
        guard let contact = JobContact(url) else { return }
        jobs.add(contact, gatekeeper: gatekeeper, credential: credential)
        jobs.orphan(url)
        keeper.attend()
    }

    /// gwd never learned of this job: its request had been answered meanwhile.
    func abandon(_ contact: JobContact) async {
        jobs.orphan(contact.text)
        keeper.attend()
    }

    func recover(_ contact: JobContact) async throws -> JobState {
        let ticket = JobTicket(contact.text)
        guard JobURL(ticket.url) != nil else {
            throw MADError(.invalid, "'\(contact)' is not a GRAM job contact (https://HOST:PORT/PATH/)")
        }
        jobs.add(contact, gatekeeper: ticket.gatekeeper, credential: 0)
        do {
            let state = try await takeUp(contact)
            if !state.isFinal { keeper.attend() }
            return state
        } catch {
            jobs.forget(contact.text)
            throw error
        }
    }

    /// Tries to take a job up again until somebody knows of it.
    ///
    /// From a FAILURE gwd concludes that the job is over, and may run it a second time. So only a job whose own gatekeeper
    /// has no record of it is one. Any other is pending, and asked about until somebody answers for it.
    private func takeUp(_ contact: JobContact) async throws -> JobState {
        let end = ContinuousClock.now + launch.patience / 4
        do {
            return try await within(launch.patience * 3 / 4) { [self] in
                while true {
                    do {
                        return try await inquiry.take(up: contact.text)
                    } catch let error as MADError where error.code != .unknown {
                        if error.code == .credential { clock.note(error) }
                        launch.log.warning("recover", ["contact": contact.text, "error": error.description])
                        guard .now < end else { return counted(contact, asPendingBecause: error.description) }
                    }
                    try await pause(for: .seconds(2))
                }
            }
        } catch let error as MADError where error.code == .timedOut {
            return counted(contact, asPendingBecause: error.description)
        }
    }

    private func counted(_ contact: JobContact, asPendingBecause reason: String) -> JobState {
        teller.notice("nobody answers for the job \(contact); it counts as pending until somebody does: \(reason)")
        return .pending
    }

    /// gwd gives a job up after three failures, so only a job that is unknown is one: whatever else prevents the answer,
    /// the last known state stays in force.
    func poll(_ contact: JobContact) async throws -> JobState {
        do {
            clock.note(try await client.prepare())
            return try await inquiry.state(of: contact.text)
        } catch let error as MADError where error.code != .unknown {
            if error.code == .credential { clock.note(error) }
            throw MADError(.unreachable, error.message, cause: error.cause)
        }
    }

    func cancel(_ contact: JobContact) async throws {
        guard jobs.end(of: contact.text) == nil else { return }
        jobs.change(contact.text) { $0.isCancelled = true }
        let address = jobs.address(of: contact.text)
        do {
            try await client.cancel(address)
        } catch let error as GRAMError {
            // What cannot be cancelled because it is over, or because its job manager was lost, shows in its state.
            let state = try await inquiry.state(of: contact.text)
            guard !state.isFinal else { return teller.tell(contact.text, state) }
            guard let address = jobs.job(contact.text)?.address, error.code != GRAMError.queryDenied else {
                throw error.asMADError("cannot cancel the job \(contact)")
            }
            do {
                try await client.cancel(address)
            } catch let error as GRAMError {
                throw error.asMADError("cannot cancel the job \(contact)")
            }
        }
        // gwd waits for the end, whether or not a notification of it comes through.
        jobs.change(contact.text) { $0.due = .now + .seconds(2) }
        keeper.attend()
    }

    func forget(_ contact: JobContact) async {
        jobs.forget(contact.text)
    }
}
