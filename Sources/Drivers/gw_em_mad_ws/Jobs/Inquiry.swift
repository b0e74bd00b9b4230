import MADKit
import WebServices

/// Learns the state of a job, and sees to what its end brings with it.
struct Inquiry: Sendable {
    let soap: SOAPClient
    let jobs: JobRegistry
    let subscriptions: Subscriptions?
    let log: Log

    /// The state of a job.
    /// - Throws: ``MADError`` of code `unknown` when its container certainly does not know it any more; of another code
    ///   when that cannot be learned now.
    func state(of contact: JobContact, patience: Duration) async throws -> JobState {
        if let end = jobs.end(of: contact) { return end }
        guard let job = jobs.job(contact) else { throw MADError(.unknown, "Job does not exist") }
        let service = JobService(soap: soap, dialect: job.dialect)
        do {
            let report = try await service.report(of: job.endpoint, patience: patience)
            log.debug(
                "report", ["contact": contact.text, "state": report.state.rawValue, "fault": report.fault ?? "-"])
            return note(contact, report)
        } catch let fault as SOAPFault where fault.isResourceUnknown {
            if let end = jobs.end(of: contact) { return end }
            // A cancelled job is destroyed; that it is gone is its end.
            if jobs.job(contact)?.isCancelled == true { return finish(contact, end: .cancelled) }
            // It ended and somebody had it destroyed before it could be asked how.
            if let hint = jobs.job(contact)?.hint?.jobState, hint.isFinal {
                return finish(contact, end: hint, isDestroyed: true)
            }
            guard jobs.noteUnknown(contact) else {
                throw MADError(
                    .unreachable, "the container does not know the job \(contact)", cause: "it is asked again")
            }
            throw MADError(.unknown, "the container does not know the job \(contact) any more", cause: "\(fault)")
        } catch let fault as SOAPFault {
            throw MADError(.refused, "cannot learn the state of the job \(contact)", cause: "\(fault)")
        }
    }

    /// Takes a report.
    /// - Parameter isAsked: it is an answer; `false` for a notification.
    /// - Returns: the state in force.
    func note(_ contact: JobContact, _ report: JobReport, isAsked: Bool = true) -> JobState {
        guard let state = jobs.note(contact, report, isAsked: isAsked) else { return report.jobState }
        guard state.isFinal else { return state }
        return finish(contact, end: jobs.job(contact)?.isCancelled == true && !isDone(state) ? .cancelled : state)
    }

    private func isDone(_ state: JobState) -> Bool {
        if case .done = state { true } else { false }
    }

    /// Notes the end of a job and has its container let go of it, in the background.
    @discardableResult
    func finish(_ contact: JobContact, end: JobState, isDestroyed: Bool = false) -> JobState {
        guard let job = jobs.finish(contact, end) else { return jobs.end(of: contact) ?? end }
        subscriptions?.close(job)
        let cleaner = Cleaner(soap: soap, log: log)
        startTask { await cleaner.clean(job, isDestroyed: isDestroyed) }
        return end
    }
}
