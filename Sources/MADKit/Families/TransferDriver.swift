/// A driver that moves files for jobs and keeps their remote directories (TM).
///
/// The runtime runs the operations of one job in order, copies of one job beside each other, and calls off what is in
/// flight when END arrives: the task is then cancelled, and the driver should return soon.
public protocol TransferDriver: Driver {
    /// Where jobs fetch their files themselves (the reverse model), or `nil` when this driver moves them.
    var stagingURL: TransferURL? { get async }

    /// A phase of a job begins.
    func start(_ job: JobID) async throws
    /// A phase of a job is over; whatever is kept for it may go.
    func end(_ job: JobID) async throws
    /// Makes a directory; afterwards it exists and is empty.
    func makeDirectory(_ url: TransferURL, for job: JobID) async throws
    /// Removes a directory with everything in it; one that is not there counts as removed. Call `progress.advance()` now
    /// and then: a tree may be huge, so the deadline is one of idleness.
    func removeDirectory(_ url: TransferURL, for job: JobID, progress: Progress) async throws
    /// True when the file or directory is there.
    func exists(_ url: TransferURL, for job: JobID) async throws -> Bool
    /// Copies one file. Call `progress.advance()` while bytes move: the deadline of a copy is one of idleness.
    func copy(_ copy: Copy, progress: Progress) async throws
}

extension TransferDriver {
    /// Most drivers move the files themselves.
    public var stagingURL: TransferURL? { get async { nil } }
    /// Most drivers keep nothing per job.
    public func start(_ job: JobID) async throws {}
    /// Most drivers keep nothing per job.
    public func end(_ job: JobID) async throws {}
}

/// One CP request.
public struct Copy: Sendable {
    /// The job that the file belongs to.
    public let job: JobID
    /// Which of the job's copies.
    public let transfer: TransferID
    /// From where.
    public let source: TransferURL
    /// To where.
    public let destination: TransferURL
    /// True when the destination shall be executable (mode `X`).
    public let isExecutable: Bool

    /// Describes a copy.
    public init(
        job: JobID, transfer: TransferID, source: TransferURL, destination: TransferURL, isExecutable: Bool = false
    ) {
        self.job = job
        self.transfer = transfer
        self.source = source
        self.destination = destination
        self.isExecutable = isExecutable
    }
}
