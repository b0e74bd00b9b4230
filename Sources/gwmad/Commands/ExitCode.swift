/// What gwmad's exit status tells when it is not the job's own.
enum ExitCode: Int32, Sendable {
    case success = 0
    /// The command line is wrong (sysexits: EX_USAGE).
    case usage = 64
    /// A local file is missing or unreadable (EX_NOINPUT).
    case input = 66
    /// gwd.conf is missing, wrong or does not name what is needed (EX_CONFIG).
    case configuration = 78
    /// A driver cannot be started, or its INIT failed.
    case drivers = 120
    /// No host answers, or none can take the job.
    case information = 121
    /// The job's files could not be brought to the host.
    case stageIn = 122
    /// The job could not be submitted, or ended without telling how.
    case execution = 123
    /// Results could not be brought back.
    case stageOut = 124
    /// This machine failed: no space, no process, no permission.
    case system = 125
}
