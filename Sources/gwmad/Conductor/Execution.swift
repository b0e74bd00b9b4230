import MADKit

/// The submission of one job, and what becomes of it, through one execution driver.
final class Execution {
    /// How a job ended, in gwd's eyes.
    enum Ending: Equatable {
        /// It is over; the code is known when the job manager told it.
        case done(exitCode: Int32?)
        /// It could not be submitted, or failed; in the driver's words.
        case failed(String)
    }

    private enum State: Equatable {
        case unsubmitted
        case submitting
        case running
        case over
    }

    private let board: Switchboard
    private let clock: PhaseClock
    private let job: JobID
    private let contact: ResourceContact
    private let document: String
    private let retries: Retries
    private let pollInterval: Duration
    private var link: DriverLink
    private var state = State.unsubmitted
    private var jobContact: JobContact?
    private var restarts = 0

    init(
        board: Switchboard, clock: PhaseClock, link: DriverLink, job: JobID, contact: ResourceContact, document: String,
        retries: Retries, pollInterval: Duration
    ) {
        self.board = board
        self.clock = clock
        self.link = link
        self.job = job
        self.contact = contact
        self.document = document
        self.retries = retries
        self.pollInterval = pollInterval
    }

    private var submission: WireRequest { .submit(job, contact, document: document) }

    /// Submits the job, again when it fails and ``Retries`` allow, and waits for its end.
    func run() throws(Failure) -> Ending {
        var ending = Ending.failed("never submitted")
        for attempt in 1...retries.tries {
            if attempt > 1 {
                clock.enter(.submit, "once more")
                let resume = ContinuousClock.now + retries.pause(after: attempt - 1)
                while ContinuousClock.now < resume { try board.turn(until: resume) }
            }
            ending = try attemptOnce()
            guard case .failed(let text) = ending, attempt < retries.tries else { break }
            board.console.note(text)
        }
        return ending
    }

    private func attemptOnce() throws(Failure) -> Ending {
        while link.takeNews() != nil {}
        state = .submitting
        let reply = try board.ask(link, submission)
        guard reply.isSuccess else {
            state = .over
            return .failed(board.refused(link, submission, "FAILURE: \(reply.info)").description)
        }
        // gwd stores all of it, and reads the first word when it recovers the job.
        let words = reply.info.split(separator: " ")
        if words.count > 1 { link.defect("the job contact '\(reply.info)' holds blanks; RECOVER gets its first word") }
        jobContact = words.first.flatMap { JobContact($0) }
        if jobContact == nil || reply.info == "-" { link.defect("SUBMIT succeeded without a job contact") }
        state = .running
        clock.remark(reply.info)
        clock.enter(.pending)
        let ending = try follow()
        state = .over
        return ending
    }

    private func follow() throws(Failure) -> Ending {
        var nextPoll = ContinuousClock.now + randomInterval
        var pollDeadline: ContinuousClock.Instant?
        var failedPolls = 0
        while true {
            while let news = link.takeNews() {
                if let ending = take(news) { return ending }
            }
            if let reply = link.take(WireRequest.poll(job).key) {
                pollDeadline = nil
                nextPoll = .now + randomInterval
                if reply.isSuccess {
                    if let ending = take(reply) { return ending }
                } else {
                    failedPolls += 1
                    board.console.note("\(board.refused(link, .poll(job), "FAILURE: \(reply.info)"))")
                    // The third failure in a job's life ends it for gwd.
                    if failedPolls == 3 { return .done(exitCode: nil) }
                    nextPoll = .now + pollInterval * failedPolls
                }
            }
            guard link.isOpen else {
                if let ending = try recover() { return ending }
                pollDeadline = nil
                nextPoll = .now + randomInterval
                continue
            }
            if let deadline = pollDeadline {
                guard ContinuousClock.now < deadline else {
                    throw board.silent(link, "POLL \(job) - -", board.patience)
                }
            } else if nextPoll <= .now {
                link.send(.poll(job))
                pollDeadline = .now + board.patience
            }
            try board.turn(until: pollDeadline ?? nextPoll)
        }
    }

    /// gwd never polls in step, so as not to ask for all jobs at once.
    private var randomInterval: Duration { pollInterval * Double.random(in: 0.5...1.5) }

    /// Applies a state; the ending when it is one. What a word means depends on who says it (GridWay 5.4 to 5.14).
    private func take(_ reply: WireReply) -> Ending? {
        guard reply.key.number == job.value else {
            link.defect("\(reply.key.verb) for job \(reply.key.number.map { String($0) } ?? "-"), which is not ours")
            return nil
        }
        let said = "\(link.driver.label): \(reply.key.verb) \(job)"
        guard reply.isSuccess else {
            return reply.key.verb == "RECOVER" ? .done(exitCode: nil) : .failed("\(said) FAILURE: \(reply.info)")
        }
        switch reply.info {
        case "PENDING": clock.enter(.pending)
        case "ACTIVE": clock.enter(.active)
        case "SUSPENDED": board.console.update("suspended", isNews: true)
        // As a CALLBACK it means that somebody cancelled the job, and gwd looks at what there is.
        case "FAILED": return reply.key.verb == "CALLBACK" ? .done(exitCode: nil) : .failed("\(said) SUCCESS FAILED")
        case let word where word.contains("DONE"):
            return .done(exitCode: word.hasPrefix("DONE:") ? Int32(word.dropFirst(5)) : nil)
        default: link.defect("\(reply.key.verb) \(job): '\(reply.info)' is no state that gwd knows")
        }
        return nil
    }

    /// The driver died: gwd starts it again and says RECOVER.
    private func recover() throws(Failure) -> Ending? {
        let death = board.ended(link, "for job \(job)")
        restarts += 1
        guard restarts <= 3, let jobContact else { throw death }
        board.console.note("\(death); starting it again, as gwd would")
        link = try board.restart(link)
        return take(try board.ask(link, .recover(job, jobContact)))
    }

    /// Cancels the job if there is one, and waits until it is over.
    func cancel() throws(Failure) {
        guard link.isOpen else { return }
        if state == .submitting, link.owes(submission.key) {
            // gwd cannot cancel what has no answer yet either.
            let reply = try board.answer(to: submission, from: link)
            state = reply.isSuccess ? .running : .over
        }
        guard state == .running else { return }
        let reply = try board.ask(link, .cancel(job))
        guard reply.isSuccess else { throw board.refused(link, .cancel(job), "FAILURE: \(reply.info)") }
        let deadline = ContinuousClock.now + min(board.patience, .seconds(15))
        while ContinuousClock.now < deadline, link.isOpen {
            // Where notifications cannot reach the driver only POLL tells the end.
            let nextLook = min(deadline, .now + .seconds(1))
            while ContinuousClock.now < nextLook {
                let poll = link.take(WireRequest.poll(job).key)
                if let said = link.takeNews() ?? poll, take(said) != nil || !said.isSuccess {
                    state = .over
                    return
                }
                try board.turn(until: nextLook)
            }
            if !link.owes(WireRequest.poll(job).key) { link.send(.poll(job)) }
        }
        board.console.note("\(link.driver.label): CANCEL \(job) succeeded, but nothing tells the end of the job")
    }
}
