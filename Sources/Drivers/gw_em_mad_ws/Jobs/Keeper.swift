import MADKit
import Synchronization
import WebServices

/// Looks after running jobs: asks for their states, keeps their credentials fresh and their records alive, and ends those
/// that nobody knows of. One task works here while jobs run, and none while none do.
final class Keeper: Sendable {
    /// How long one question may take, and how many are asked at once of a container.
    private static let patience = Duration.seconds(60)
    private static let width = 4
    /// How long containers are asked to keep a job, and when to ask again, in seconds.
    static let lifetime = 7 * 86_400
    private static let shortest = 4 * 86_400
    /// How often an orphan is looked for that its container does not know: its submission may still be under way there.
    private static let searches = 8
    /// How often a container may refuse to end an orphan, and how long it is looked for at all.
    private static let mostFaults = 10
    private static let longestSearch = Duration.seconds(86_400)
    /// How often a container may refuse a renewed credential, and how long to wait after the first time; four times as
    /// long after each further one.
    private static let mostRefusals = 5
    private static let firstWait = Duration.seconds(5)

    private let soap: SOAPClient
    private let jobs: JobRegistry
    private let containers: Containers
    private let inquiry: Inquiry
    private let teller: Teller
    private let clock: CredentialClock
    private let delegation: DelegationMode
    private let task = SuccessiveTask()
    private let isRenewing = Mutex(false)

    init(
        soap: SOAPClient, jobs: JobRegistry, containers: Containers, inquiry: Inquiry, teller: Teller,
        clock: CredentialClock, delegation: DelegationMode
    ) {
        self.soap = soap
        self.jobs = jobs
        self.containers = containers
        self.inquiry = inquiry
        self.teller = teller
        self.clock = clock
        self.delegation = delegation
    }

    /// What brings jobs of an earlier process here.
    var takeUp: TakeUp {
        TakeUp(
            soap: soap, jobs: jobs, containers: containers,
            hearing: Hearing(jobs: jobs, inquiry: inquiry, keeper: self, teller: teller))
    }

    /// The state of a job; one that was taken up while nobody answered for it is taken up in full first.
    func state(of contact: JobContact, patience: Duration) async throws -> JobState {
        guard jobs.job(contact)?.isTakenUp == false else {
            return try await inquiry.state(of: contact, patience: patience)
        }
        return try await takeUp.take(contact, patience: patience)
    }

    /// Begins to look after jobs, or thinks anew about when to look next.
    func attend() {
        task.start { [self] in await work() }
    }

    private func work() async {
        while let due = jobs.firstDue {
            guard (try? await pause(for: max(.zero, due - .now))) != nil else { return }
            Heap.giveBack()
            startTask { [self] in await renew() }
            for (authority, due) in jobs.takeDue() {
                startTask { [self] in
                    await look(after: due)
                    jobs.release(authority)
                    attend()
                }
            }
        }
    }

    /// Asks for the states of jobs of one container, a few at once. When it does not answer, the rest waits for the next
    /// time.
    private func look(after due: [JobRegistry.Job]) async {
        await withTaskGroup(of: Bool.self) { group in
            var rest = due[...]
            var isAnswering = true
            for _ in 0..<Keeper.width {
                if let job = rest.popFirst() { group.addTask { [self] in await look(after: job) } }
            }
            while let answered = await group.next() {
                isAnswering = isAnswering && answered
                if isAnswering, let job = rest.popFirst() { group.addTask { [self] in await look(after: job) } }
            }
        }
    }

    /// False when the container did not answer.
    private func look(after job: JobRegistry.Job) async -> Bool {
        guard !job.isOrphan else { return await end(job) }
        do {
            teller.tell(job.contact, try await state(of: job.contact, patience: Keeper.patience))
            if let job = jobs.job(job.contact) { try await keep(job) }
            return true
        } catch let error as MADError where error.code == .unknown {
            guard jobs.job(job.contact) != nil else { return true }
            let state = JobState.failed(reason: error.description)
            teller.tell(job.contact, inquiry.finish(job.contact, end: state, isDestroyed: true))
            return true
        } catch {
            teller.log.warning("unanswered", ["contact": job.contact.text, "error": "\(error)"])
            let error = MADError.wrapping(error)
            if error.code == .credential { clock.note(error) }
            return error.code != .timedOut && error.code != .unreachable
        }
    }

    /// Has the container keep a long job's record.
    private func keep(_ job: JobRegistry.Job) async throws {
        guard jobs.job(job.contact) != nil, job.expiry - Clock.now < Keeper.shortest else { return }
        let expiry = Clock.now + Keeper.lifetime
        jobs.change(job.contact) { $0.expiry = expiry }
        do {
            try await JobService(soap: soap, dialect: job.dialect).keep(job.endpoint, until: expiry)
        } catch let fault as SOAPFault {
            teller.log.warning("keep", ["contact": job.contact.text, "error": fault.description])
        }
    }

    /// Ends a job whose submission gwd was told to have failed: it would run twice.
    private func end(_ orphan: JobRegistry.Job) async -> Bool {
        do {
            _ = try await JobService(soap: soap, dialect: orphan.dialect)
                .end(orphan.endpoint, isWithCredentials: orphan.ownsCredential, patience: .seconds(300))
            teller.log.warning("orphan-ended", ["contact": orphan.contact.text])
            teller.notice("the job \(orphan.contact) is cancelled: it was accepted after gwd had been told otherwise")
            inquiry.finish(orphan.contact, end: .cancelled, isDestroyed: true)
            return true
        } catch let fault as SOAPFault where fault.isResourceUnknown {
            jobs.change(orphan.contact) { $0.unknown = (($0.unknown?.times ?? 0) + 1, $0.unknown?.since ?? .now) }
            if jobs.job(orphan.contact)?.unknown?.times ?? 0 >= Keeper.searches {
                inquiry.finish(orphan.contact, end: .cancelled, isDestroyed: true)
            }
            return true
        } catch {
            teller.log.warning("orphan", ["contact": orphan.contact.text, "error": "\(error)"])
            if error is SOAPFault { jobs.change(orphan.contact) { $0.faults += 1 } }
            if orphan.faults + 1 >= Keeper.mostFaults && error is SOAPFault
                || orphan.entered + Keeper.longestSearch < .now
            {
                teller.notice("the job \(orphan.contact) cannot be cancelled, should it run: \(error)")
                inquiry.finish(orphan.contact, end: .cancelled, isDestroyed: true)
            }
            return error is SOAPFault
        }
    }

    /// Gives jobs a credential of the renewed proxy, and speaks of its end.
    private func renew() async {
        guard
            isRenewing.withLock({ isRenewing in
                defer { isRenewing = true }
                return !isRenewing
            })
        else { return }
        defer { isRenewing.withLock { $0 = false } }
        let credential: ProxyCredential
        do {
            guard let current = try await soap.credential() else { return }
            credential = current
        } catch {
            return clock.note(MADError.wrapping(error))
        }
        clock.note(path: credential.path, expiry: credential.expiry)
        let stale = jobs.jobs.filter {
            $0.credential != nil && $0.credentialAge != credential.modified && !$0.isOrphan && $0.nextOffer <= .now
                && (delegation != .none || !$0.isRecovered)
        }
        await withTaskGroup { group in
            // Those of a container one after another: nobody waits for this.
            for jobs in Dictionary(grouping: stale, by: \.authority).values {
                group.addTask { [self] in
                    for job in jobs where await !refresh(job, with: credential) { return }
                }
            }
        }
    }

    /// False when the container did not answer.
    private func refresh(_ job: JobRegistry.Job, with credential: ProxyCredential) async -> Bool {
        guard let delegated = job.credential else { return true }
        do {
            do { try await offer(credential, job, delegated) } catch let fault as SOAPFault
                where !fault.isResourceUnknown
            {
                // The container may have got another key since it was asked.
                teller.log.warning("refresh", ["contact": job.contact.text, "error": fault.description])
                if let factory = job.factory { containers.forgetDelegate(of: factory, job.dialect) }
                containers.forgetHolder(of: delegated, job.dialect)
                try await offer(credential, job, delegated)
            }
            teller.notice("the job \(job.contact) has the renewed proxy certificate")
            settle(job, credential)
        } catch {
            teller.log.warning("refresh", ["contact": job.contact.text, "error": "\(error)"])
            let code = (error as? MADError)?.code
            if code == .timedOut || code == .unreachable { return false }
            let isGone = (error as? SOAPFault)?.isResourceUnknown ?? false
            if isGone || job.refusals + 1 >= Keeper.mostRefusals {
                teller.notice("the job \(job.contact) does not get the renewed proxy certificate: \(error)")
                settle(job, credential)
            } else {
                jobs.change(job.contact) { job in
                    job.nextOffer = .now + Keeper.firstWait * (1 << (2 * job.refusals))
                    job.refusals += 1
                }
            }
        }
        return true
    }

    private func offer(_ credential: ProxyCredential, _ job: JobRegistry.Job, _ delegated: EndpointReference)
        async throws
    {
        let holder: DelegationClient.Holder
        if let factory = job.factory {
            holder = try await containers.delegate(of: factory, job.dialect).holder
        } else {
            holder = try await containers.holder(of: delegated, job.dialect)
        }
        try await DelegationClient(soap, job.dialect).refresh(
            delegated, with: credential, isLimited: delegation == .limited, for: holder)
    }

    /// Nothing is to be done before the proxy is renewed again.
    private func settle(_ job: JobRegistry.Job, _ credential: ProxyCredential) {
        jobs.change(job.contact) { job in
            job.credentialAge = credential.modified
            job.refusals = 0
        }
    }
}
