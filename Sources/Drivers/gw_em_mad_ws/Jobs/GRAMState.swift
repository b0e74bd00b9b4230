import MADKit

/// The states of WS-GRAM, in the order in which a job goes through them.
enum GRAMState: String, Sendable {
    case unsubmitted = "Unsubmitted"
    case stageIn = "StageIn"
    case pending = "Pending"
    case active = "Active"
    case suspended = "Suspended"
    case stageOut = "StageOut"
    case cleanUp = "CleanUp"
    case userTerminateFailed = "UserTerminateFailed"
    case userTerminateDone = "UserTerminateDone"
    case done = "Done"
    case failed = "Failed"

    /// Progress: news of a lower rank are stale. A suspended job may become active again.
    var rank: Int {
        switch self {
        case .unsubmitted: 0
        case .stageIn: 1
        case .pending: 2
        case .active, .suspended: 3
        case .stageOut: 4
        case .cleanUp: 5
        case .userTerminateFailed, .userTerminateDone, .done, .failed: 6
        }
    }
}

/// What a container tells about a job.
struct JobReport: Sendable, Equatable {
    let state: GRAMState
    /// Set by the container when it is not 0, and meaningful at the end.
    let exitCode: Int?
    /// Why the job failed; `nil` without a fault, which is how a job ends that somebody cancelled.
    let fault: String?

    /// The state in gwd's words.
    var jobState: JobState {
        switch state {
        case .unsubmitted, .stageIn, .pending: .pending
        case .active, .stageOut, .cleanUp: .active
        case .suspended: .suspended
        case .userTerminateDone, .userTerminateFailed: .cancelled
        case .done: .done(exitCode: exitCode ?? 0)
        case .failed: fault.map { .failed(reason: $0) } ?? .cancelled
        }
    }
}
