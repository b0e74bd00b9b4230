import MADKit
import WebServices

/// Takes what containers tell of their jobs. A notification may only hasten what would be learned anyway: whatever it
/// leaves in doubt, its container is asked.
struct Hearing: Sendable {
    let jobs: JobRegistry
    let inquiry: Inquiry
    let keeper: Keeper
    let teller: Teller

    /// Takes a notification about a job.
    func take(_ notification: Notification, about contact: JobContact) {
        for content in notification.contents where content.isNamed("stateChangeNotificationMessage") {
            guard let job = jobs.job(contact), !job.isOrphan else { return }
            jobs.hear(contact)
            guard let report = try? JobService.report(Array(content.children)) else {
                ask(about: contact, nil)
                continue
            }
            teller.log.debug("notification", ["contact": contact.text, "state": report.state.rawValue])
            switch report.worth(after: job) {
            case .nothing: break
            case .question: ask(about: contact, report)
            case .news: teller.tell(contact, inquiry.note(contact, report, isAsked: false))
            }
        }
    }

    /// Takes what a job's container tells of it from now on, and what it has told before the job was known.
    func attend(to contact: JobContact, _ subscription: Subscriptions.Entry) {
        jobs.subscribe(contact, subscription.wish.key, subscription.endpoint)
        guard let subscriptions = inquiry.subscriptions, let job = jobs.job(contact) else { return }
        for notification in subscriptions.assign(subscription.wish, to: job) { take(notification, about: contact) }
    }

    private func ask(about contact: JobContact, _ hint: JobReport?) {
        jobs.change(contact) { job in
            job.hint = hint
            job.due = .now
        }
        keeper.attend()
    }
}

extension JobReport {
    /// What a notification is good for.
    fileprivate enum Worth { case nothing, question, news }

    /// Notifications overtake one another and come twice.
    fileprivate func worth(after job: JobRegistry.Job) -> Worth {
        if state == job.state || state.rank < job.state.rank { return .nothing }
        // Whoever gave the order hears of its end in the answer, or asks.
        if job.isCancelled, jobState.isFinal { return .nothing }
        // Active and Suspended follow each other both ways: which of them came last cannot be told.
        if state.rank == job.state.rank { return .question }
        switch state {
        case .done: return exitCode == nil ? .question : .news
        // Without a fault somebody cancelled it, or the fault got lost.
        case .failed: return fault == nil ? .question : .news
        default: return .news
        }
    }
}
