/// What a job manager said about a job.
package struct JobReport: Sendable, Equatable {
    /// The states of the GRAM protocol.
    package enum State: Int32, Sendable {
        case pending = 1
        case active = 2
        case failed = 4
        case done = 8
        case suspended = 16
        case unsubmitted = 32
        case stageIn = 64
        case stageOut = 128
    }

    /// Where the job is found; another port of the same path after its job manager was started anew.
    package let contact: String
    /// The state, or `nil` for a number that the protocol does not define.
    package let state: State?
    /// Why a failed job failed; 0 for others.
    package let failure: GRAMError?
    /// The exit code of a job that is done, where the job manager learned it: from the Scheduler Event Generator.
    package let exitCode: Int?

    package init(contact: String, state: State?, failure: GRAMError? = nil, exitCode: Int? = nil) {
        self.contact = contact
        self.state = state
        self.failure = failure
        self.exitCode = exitCode
    }
}
