import GRAM
import MADKit

extension GRAMError {
    /// The error for gwd, about `subject`: a gatekeeper or a job.
    func asMADError(_ subject: String) -> MADError {
        let kind: MADError.Code =
            switch code {
            case GRAMError.connectionFailed, GRAMError.contactingJobManager, GRAMError.protocolFailed: .unreachable
            case GRAMError.authentication: .credential
            case GRAMError.jobNotFound: .unknown
            default: .refused
            }
        return MADError(kind, subject, cause: description)
    }
}
