import GRAM
import Globus
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

extension GatekeeperContact {
    /// Why this gatekeeper did not take a job, in more detail than GRAM gives. Blocks for a few seconds at most.
    func refusal(_ error: GRAMError, of credential: Credential) -> MADError {
        let refusal = error.asMADError("\(self) did not take the job")
        guard let detail = detail(of: error, credential) else { return refusal }
        return MADError(refusal.code, refusal.message, cause: "\(detail): \(error)")
    }

    private func detail(of error: GRAMError, _ credential: Credential) -> String? {
        switch error.code {
        case GRAMError.connectionFailed:
            switch Reachability.of(host: host, port: port) {
            case .accepts:
                "the server broke the connection off, perhaps because it does not trust the issuer of \(credential.identity)"
            case .refuses: "nobody listens at port \(port) of \(host)"
            case .unreachable(let reason): reason
            }
        case GRAMError.authentication where error.isTheServersWord:
            "the server has no account for \(credential.identity), or the proxy is a limited one"
        case GRAMError.proxyExpired:
            "the proxy certificate ends in \(credential.secondsLeft) s"
        default: nil
        }
    }
}

extension CredentialClock {
    /// Takes the credential as it is now.
    func note(_ credential: Credential) { note(path: credential.path, expiry: credential.expiry) }
}
