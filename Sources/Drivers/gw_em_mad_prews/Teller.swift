import GRAM
import MADKit

/// Passes on what is learned about jobs without gwd having asked.
struct Teller: Sendable {
    let jobs: JobRegistry
    let news: AsyncStream<JobNews>.Continuation
    let log: Log

    /// Takes a job manager's notification.
    func hear(_ report: JobReport) {
        log.debug("report", ["contact": report.contact, "state": "\(String(describing: report.state))"])
        let state = report.jobState
        if let contact = jobs.note(report.contact, state), let state { news.yield(.state(contact, state)) }
    }

    /// Tells the state of a job that was looked after.
    func tell(_ contact: String, _ state: JobState) {
        if let contact = JobContact(contact) { news.yield(.state(contact, state)) }
    }

    /// Tells gwd's log and ours about something that concerns no single job.
    func notice(_ text: String) {
        log.warning("notice", ["text": text])
        news.yield(.notice(text))
    }
}
