import MADKit

/// Passes on what is learned about jobs without gwd having asked.
struct Teller: Sendable {
    let news: AsyncStream<JobNews>.Continuation
    let log: Log

    /// Tells the state of a job that was looked after.
    func tell(_ contact: JobContact, _ state: JobState) {
        news.yield(.state(contact, state))
    }

    /// Tells gwd's log and ours about something that concerns no single job.
    func notice(_ text: String) {
        log.warning("notice", ["text": text])
        news.yield(.notice(text))
    }
}
