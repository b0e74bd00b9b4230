import GRAM
import Globus
import MADKit

/// Learns the state of a job, also where its job manager does not answer for it.
///
/// GRAM's job managers end a minute after their last job, and forget a job as soon as it is over. So "not found" means
/// over; "no connection" means over, or killed with its jobs still running, or a network that is down; and any other
/// error may come from a stranger who has got the port meanwhile. Only the service that accepted the job can tell these
/// apart: asked to restart the job it starts a job manager that takes the running job up again, or says that it has no
/// record of it. (Observed with the GRAM5 job manager 15.8; a restart of a job that is not lost changes nothing.)
///
/// What is not certain is an error of code `unreachable`, and never the end of a job: a job that is taken for over while
/// it runs may be run twice.
struct Inquiry: Sendable {
    /// Services tried for a job whose contact does not tell which one accepted it.
    private static let usualServices = [
        "jobmanager", "jobmanager-fork", "jobmanager-pbs", "jobmanager-sge", "jobmanager-lsf", "jobmanager-condor",
        "jobmanager-slurm", "jobmanager-ll",
    ]
    /// How long such an attempt, which starts job managers in vain, is not repeated.
    private static let searchInterval = Duration.seconds(600)

    let client: GRAMClient
    let jobs: JobRegistry
    let port: UInt16
    let threads: BlockingPool

    /// The state of a job that this process knows. One that is gone counts as over.
    /// - Throws: ``MADError`` of code `unreachable` when it cannot be learned now.
    func state(of contact: String) async throws -> JobState {
        try await state(of: contact) { address in
            try await client.status(of: address)
        } whenLost: { _ in
            over(contact)
        }
    }

    /// The state of a job of an earlier process, whose notifications come here from now on.
    /// - Throws: ``MADError`` of code `unknown` when it is gone, and of code `unreachable` when its state cannot be learned
    ///   now.
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
        let address = jobs.address(of: contact)
        do {
            let report = try await ask(address)
            guard let state = report.jobState else {
                throw MADError(.unreachable, "the job manager of \(contact) is stopping")
            }
            jobs.note(address, state)
            return state
        } catch let error as GRAMError {
            let state = try await fate(of: contact, at: address, after: error, whenLost: whenLost)
            if state.isFinal { jobs.note(address, state) }
            return state
        }
    }

    /// What became of a job about which its job manager, or the attempt to reach it, said `error`.
    private func fate(
        of contact: String, at address: String, after error: GRAMError, whenLost: (String) throws -> JobState
    ) async throws -> JobState {
        let gatekeeper = jobs.job(contact)?.gatekeeper ?? JobTicket(contact).gatekeeper
        switch error.code {
        case GRAMError.queryDenied:
            // Its end is being worked on; notifications cannot be had any more, the state can.
            do { return try await client.status(of: address).jobState ?? .active } catch let error as GRAMError {
                throw unanswered(contact, error.description)
            }
        case GRAMError.jobNotFound:
            // The word of its end may be on the way.
            try await pause(for: .seconds(1))
            if let end = jobs.end(of: contact) { return end }
            guard let gatekeeper else { return over(contact) }
            return try await restart(contact, address, at: gatekeeper) ?? over(contact)
        default:
            guard let url = JobURL(address) else { throw unanswered(contact, error.description) }
            if case .unreachable(let reason) = try await threads.run({ Reachability.of(host: url.host, port: url.port) }
            ) {
                throw MADError(.unreachable, "cannot reach the job manager of \(contact)", cause: reason)
            }
            if let end = jobs.end(of: contact) { return end }
            guard let gatekeeper else { return try await search(contact, address, on: url.host) }
            if let state = try await restart(contact, address, at: gatekeeper) { return state }
            return try whenLost("\(gatekeeper) has no record of it")
        }
    }

    /// How a job ended whose end nobody saw.
    private func over(_ contact: String) -> JobState {
        jobs.job(contact)?.isCancelled == true ? .cancelled : .done(exitCode: nil)
    }

    /// Asks the service that accepted a job to take it up again; `nil` when it has no record of the job.
    /// - Parameter isGuess: the service is only one that may have accepted the job.
    private func restart(
        _ contact: String, _ address: String, at gatekeeper: GatekeeperContact, isGuess: Bool = false
    ) async throws -> JobState? {
        do {
            let new = try await client.restart(address, at: gatekeeper)
            jobs.note(new, nil)
            return try await client.status(of: new).jobState ?? .pending
        } catch let error as GRAMError {
            switch error.code {
            case GRAMError.noStateFile, GRAMError.jobNotFound: return nil
            case GRAMError.serviceNotFound where isGuess: return nil
            default: throw unanswered(contact, "\(gatekeeper): \(error)")
            }
        }
    }

    /// Looks for a job whose contact does not tell who accepted it. In vain does not mean that it is over: each service
    /// knows its own jobs only, and services have all sorts of names.
    private func search(_ contact: String, _ address: String, on host: String) async throws -> JobState {
        let isTooEarly = jobs.job(contact)?.searched.map { .now - $0 < Inquiry.searchInterval } ?? false
        for gatekeeper in isTooEarly ? [] : gatekeepers(on: host) {
            guard let state = try await restart(contact, address, at: gatekeeper, isGuess: true) else { continue }
            jobs.change(contact) { $0.gatekeeper = gatekeeper }
            return state
        }
        if !isTooEarly { jobs.change(contact) { $0.searched = .now } }
        throw unanswered(contact, "no usual service of the gatekeeper at \(host):\(port) has a record of it")
    }

    private func unanswered(_ contact: String, _ cause: String) -> MADError {
        MADError(.unreachable, "cannot learn what became of the job \(contact)", cause: cause)
    }

    /// Who may have accepted a job of another driver: services that this process knows on the host, then the usual.
    private func gatekeepers(on host: String) -> [GatekeeperContact] {
        let known = jobs.gatekeepers(on: host)
        return known
            + Inquiry.usualServices.map { GatekeeperContact("\(host):\(port)/\($0)") }.filter { !known.contains($0) }
    }
}
