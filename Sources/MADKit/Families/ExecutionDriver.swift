/// A driver that runs jobs on remote resources (EM).
///
/// Drivers know jobs by their contact. The runtime keeps the table of gwd's job numbers, drops news of jobs whose number
/// has been given away, and holds news back until the contact of its job has been told.
public protocol ExecutionDriver: Driver {
    /// Submits a job.
    /// - Returns: its contact: everything that a later process needs to find the job again.
    func submit(_ submission: Submission) async throws -> JobContact
    /// Finds a job of an earlier process again and watches it from now on.
    func recover(_ contact: JobContact) async throws -> JobState
    /// Asks for the state of a job. An error of code ``MADError/Code/unreachable`` or ``MADError/Code/timedOut`` leaves the
    /// last known state in force; gwd would give a job up after three failures.
    func poll(_ contact: JobContact) async throws -> JobState
    /// Asks for the end of a job; its state changes to ``JobState/cancelled`` later. Cancelling twice is fine.
    func cancel(_ contact: JobContact) async throws
    /// Ends a job that ``submit(_:)`` brought after gwd had been told that the submission failed: it would run unseen, and
    /// twice. Nothing about it will be asked.
    func abandon(_ contact: JobContact) async
    /// The job's number was given to another job or its end is known: nothing about it will be asked again.
    func forget(_ contact: JobContact) async

    /// News of jobs, in the order in which they happen. Read by the runtime alone, from INIT on.
    var news: AsyncStream<JobNews> { get }
}

extension ExecutionDriver {
    /// Cancels the job once.
    public func abandon(_ contact: JobContact) async { try? await cancel(contact) }
    /// Most drivers need no hint.
    public func forget(_ contact: JobContact) async {}
}

/// A job that is to run.
public struct Submission: Sendable {
    /// gwd's number for it, for logs and identifiers; the runtime does the book-keeping.
    public let job: JobID
    /// Where to.
    public let resource: ResourceContact
    /// The path of the job document (RSL or job description) that gwd wrote.
    public let document: String

    /// Describes a submission.
    public init(job: JobID, resource: ResourceContact, document: String) {
        self.job = job
        self.resource = resource
        self.document = document
    }
}

/// Something that happened without being asked for.
public enum JobNews: Sendable, Equatable {
    /// A job changed its state.
    case state(JobContact, JobState)
    /// Something about the driver as a whole, such as a credential about to expire. gwd logs it and nothing else.
    case notice(String)
}
