/// The state of a remote job, in the only words that gwd knows.
///
/// Middleware states outside this list are mapped by the driver: a job that is not yet queued or still staging in is
/// ``pending``, one that stages out or cleans up is ``active``. An unlisted word would leave the job unpolled for ever
/// after a RECOVER (observed in gwd 5.14).
public enum JobState: Sendable, Equatable {
    /// Accepted, not running yet.
    case pending
    /// Running, or finishing its stage-out.
    case active
    /// Held or suspended.
    case suspended
    /// Over. The exit code where the middleware tells it: 0 … 255.
    case done(exitCode: Int?)
    /// Over because somebody cancelled it.
    case cancelled
    /// Over because it could not run; the reason in the middleware's words.
    case failed(reason: String)

    /// True once no further state can follow.
    public var isFinal: Bool {
        switch self {
        case .pending, .active, .suspended: false
        case .done, .cancelled, .failed: true
        }
    }

    /// The word of a POLL or RECOVER reply. A cancelled job is `DONE`: gwd would submit a `FAILED` one again.
    var word: Info {
        switch self {
        case .pending: "PENDING"
        case .active: "ACTIVE"
        case .suspended: "SUSPENDED"
        case .done(exitCode: nil), .cancelled: "DONE"
        case .done(exitCode: let code?): Info("DONE:\(code)")
        case .failed: "FAILED"
        }
    }

    /// Progress never runs backwards: a state of lower rank arriving later is stale news.
    var rank: Int {
        switch self {
        case .pending: 0
        case .active, .suspended: 1
        case .done, .cancelled, .failed: 2
        }
    }
}
