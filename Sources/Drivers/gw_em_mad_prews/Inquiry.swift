import GRAM
import Globus
import MADKit

/// Learns the state of a job, also where its job manager does not answer for it.
///
/// GRAM's job managers end a minute after their last job, and forget a job as soon as it is over. So "not found" means
/// over; "no connection" means over, or killed with its jobs still running, or a network that is down. Only the gatekeeper
/// can tell these apart: asked to restart the job it starts a job manager that takes the running job up again, or says
/// that it has no record of it. (Observed with the GRAM5 job manager 15.8; a restart of a job that is not lost changes
/// nothing.)
struct Inquiry: Sendable {
    /// Services tried for a job of an earlier process: its contact does not tell which one accepted it.
    private static let usualServices = [
        "jobmanager", "jobmanager-fork", "jobmanager-pbs", "jobmanager-sge", "jobmanager-lsf", "jobmanager-condor",
        "jobmanager-slurm", "jobmanager-ll",
    ]

    /// The truth cannot be learned now.
    struct Unanswered: Error {
        /// Why, for gwd.
        let error: MADError
        /// The job's host answers, only nobody there speaks for the job.
        let isHostUp: Bool
    }

    let client: GRAMClient
    let jobs: JobRegistry
    let port: UInt16
    let threads: BlockingPool

    /// The state of a job that this process knows. One that is gone counts as over.
    /// - Throws: ``MADError`` of code `unreachable` when it cannot be learned now.
    func state(of contact: String) async throws -> JobState {
        do {
            return try await state(of: contact) { address in
                try await client.status(of: address)
            } whenLost: { _ in
                jobs.job(contact)?.isCancelled == true ? .cancelled : .done(exitCode: nil)
            }
        } catch let unanswered as Unanswered {
            throw unanswered.error
        }
    }

    /// The state of a job of an earlier process, whose notifications come here from now on.
    /// - Throws: ``MADError`` of code `unknown` when it is gone, ``Unanswered`` when its state cannot be learned now.
    func take(up contact: String) async throws -> JobState {
        try await state(of: contact) { address in
            try await client.watch(address)
        } whenLost: { reason in
            throw MADError(.unknown, "the job \(contact) is gone: its job manager has ended", cause: reason)
        }
    }

    private func state(
        of contact: String, asking ask: (String) async throws -> JobReport, whenLost: (String) throws -> JobState
    ) async throws -> JobState {
        if let end = jobs.end(of: contact) { return end }
        let address = jobs.job(contact)?.address ?? contact
        do {
            let report = try await ask(address)
            guard let state = report.jobState else {
                throw unanswered("the job manager of \(contact) is stopping", isHostUp: true)
            }
            _ = jobs.note(address, state)
            return state
        } catch let error as GRAMError {
            let state = try await fate(of: contact, at: address, after: error, whenLost: whenLost)
            if state.isFinal { _ = jobs.note(address, state) }
            return state
        }
    }

    /// What became of a job about which its job manager, or the attempt to reach it, said `error`.
    private func fate(
        of contact: String, at address: String, after error: GRAMError, whenLost: (String) throws -> JobState
    ) async throws -> JobState {
        let job = jobs.job(contact)
        let over = job?.isCancelled == true ? JobState.cancelled : .done(exitCode: nil)
        switch error.code {
        case GRAMError.queryDenied:
            // Its end is being worked on; notifications cannot be had any more, the state can.
            return try await client.status(of: address).jobState ?? .active
        case GRAMError.jobNotFound:
            // The word of its end may be on the way.
            try await pause(for: .seconds(1))
            if let end = jobs.end(of: contact) { return end }
            guard let gatekeeper = job?.gatekeeper else { return over }
            return try await restart(address, at: gatekeeper) ?? over
        case GRAMError.contactingJobManager, GRAMError.connectionFailed:
            guard let url = JobURL(address) else { throw error.asMADError("the job \(contact)") }
            if case .unreachable(let reason) = try await threads.run({ Reachability.of(host: url.host, port: url.port) }
            ) {
                throw unanswered("cannot reach the job manager of \(contact)", reason, isHostUp: false)
            }
            if let end = jobs.end(of: contact) { return end }
            if let gatekeeper = job?.gatekeeper { return try await restart(address, at: gatekeeper) ?? over }
            for gatekeeper in gatekeepers(on: url.host) {
                if let state = try await restart(address, at: gatekeeper) { return state }
            }
            return try whenLost("no service of the gatekeeper at \(url.host):\(port) knows it")
        default:
            throw error.asMADError("the job \(contact)")
        }
    }

    /// Asks a gatekeeper's service to take a job up again; `nil` when it has no record of the job, because the job is over
    /// or because another service accepted it.
    private func restart(_ address: String, at gatekeeper: GatekeeperContact) async throws -> JobState? {
        do {
            let contact = try await client.restart(address, at: gatekeeper)
            _ = jobs.note(contact, nil)
            return try await client.status(of: contact).jobState ?? .pending
        } catch let error as GRAMError {
            switch error.code {
            case GRAMError.noStateFile, GRAMError.serviceNotFound, GRAMError.jobNotFound: return nil
            default:
                // GRAM took its time for a host that is down; one that refuses is up.
                throw unanswered(
                    "cannot learn what became of the job \(address)", "\(gatekeeper): \(error)", isHostUp: true)
            }
        }
    }

    private func unanswered(_ message: String, _ cause: String? = nil, isHostUp: Bool) -> Unanswered {
        Unanswered(error: MADError(.unreachable, message, cause: cause), isHostUp: isHostUp)
    }

    /// Who may have accepted a job of an earlier process: services that this process knows on the host, then the usual.
    private func gatekeepers(on host: String) -> [GatekeeperContact] {
        let known = jobs.gatekeepers(on: host)
        return known
            + Inquiry.usualServices.map { GatekeeperContact("\(host):\(port)/\($0)") }.filter { !known.contains($0) }
    }
}
