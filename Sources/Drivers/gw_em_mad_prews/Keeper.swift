import GRAM
import Globus
import MADKit

/// Looks after running jobs: asks for those that nobody speaks of, and keeps their credential fresh.
///
/// Notifications get lost: behind a firewall, with a host name that others cannot resolve, or when job manager and driver
/// hold proxies of different kinds. Jobs that nobody knows of are cancelled until they are over. One task works here while
/// jobs run, and none while none do.
final class Keeper: Sendable {
    /// How long one question may take.
    private static let patience = Duration.seconds(60)

    private let client: GRAMClient
    private let jobs: JobRegistry
    private let inquiry: Inquiry
    private let teller: Teller
    private let clock: CredentialClock
    private let interval: Duration
    private let task = SuccessiveTask()

    init(
        client: GRAMClient, jobs: JobRegistry, inquiry: Inquiry, teller: Teller, clock: CredentialClock,
        interval: Duration
    ) {
        self.client = client
        self.jobs = jobs
        self.inquiry = inquiry
        self.teller = teller
        self.clock = clock
        self.interval = interval
    }

    /// Begins to look after jobs, or thinks anew about when to look next.
    func attend() {
        task.start { [self] in await work() }
    }

    private func work() async {
        while let due = jobs.firstDue {
            let wait = min(due - .now, interval)
            guard (try? await pause(for: max(wait, .zero))) != nil else { return }
            // What has begun is finished, even if another task takes over meanwhile.
            await startTask { [self] in
                await renew()
                await look(after: jobs.takeDue())
            }.value
        }
    }

    /// Asks for the states of jobs.
    private func look(after due: [JobRegistry.Job]) async {
        await perJobManager(due) { [self] job in
            guard !job.isOrphan else { return try await end(job) }
            let state = try await inquiry.state(of: job.contact.text)
            teller.tell(job.contact.text, state)
        }
    }

    /// Cancels a job whose submission gwd was told to have failed: it would run twice. Its end, or a job manager that does
    /// not know it any more, ends these attempts; until then there is another one each interval.
    private func end(_ orphan: JobRegistry.Job) async throws {
        let contact = orphan.contact.text
        do {
            do { try await client.cancel(orphan.address) } catch is GRAMError {
                // Its job manager may be gone; then another one is started.
                let state = try await inquiry.state(of: contact)
                guard !state.isFinal else { return }
                try await client.cancel(jobs.address(of: contact))
            }
            teller.log.warning("orphan-cancelled", ["contact": contact])
            teller.notice("the job \(contact) is cancelled: it was accepted after gwd had been told otherwise")
            jobs.change(contact) { $0.isOrphan = false }
        } catch {
            teller.notice(
                "the job \(contact), accepted after gwd had been told otherwise, cannot be cancelled yet: \(error)")
            throw error
        }
    }

    /// Hands a renewed proxy to the jobs that have an older one, and speaks of its end.
    private func renew() async {
        let credential: Credential
        do { credential = try await client.prepare() } catch { return clock.note(MADError.wrapping(error)) }
        clock.note(credential)
        await perJobManager(jobs.jobs(without: credential.modified)) { [client, jobs, teller] job in
            try await client.renewCredential(of: job.address)
            jobs.change(job.contact.text) { $0.credential = credential.modified }
            teller.notice("the job \(job.contact) has the renewed proxy certificate")
        }
    }

    /// Does something for each job: for those of one job manager one after another, for different job managers at once. A
    /// job manager that does not answer for one job is not asked about the next.
    private func perJobManager(
        _ jobs: [JobRegistry.Job], _ body: @escaping @Sendable (JobRegistry.Job) async throws -> Void
    ) async {
        await withTaskGroup { group in
            for jobs in Dictionary(grouping: jobs, by: \.authority).values {
                group.addTask { [log = teller.log] in
                    for job in jobs {
                        do { try await within(Keeper.patience) { try await body(job) } } catch {
                            log.warning("unanswered", ["contact": job.contact.text, "error": "\(error)"])
                            return
                        }
                    }
                }
            }
        }
    }
}
