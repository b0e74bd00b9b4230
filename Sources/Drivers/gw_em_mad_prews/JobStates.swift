import GRAM
import MADKit

extension JobReport {
    /// The state in gwd's terms; `nil` when the report says nothing of the job itself: a job manager that stops, because
    /// its proxy is about to end or somebody told it to, says FAILED although the job goes on.
    var jobState: JobState? {
        switch state {
        case .pending, .unsubmitted, .stageIn: .pending
        case .active, .stageOut: .active
        case .suspended: .suspended
        case .done: .done(exitCode: exitCode)
        case .failed:
            switch failure?.code {
            case GRAMError.userCancelled: .cancelled
            case GRAMError.jobManagerStopped, GRAMError.proxyExpired: nil
            default: .failed(reason: failure?.description ?? "the job failed, and GRAM does not say why")
            }
        case nil: nil
        }
    }
}
