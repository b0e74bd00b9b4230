import MADKit
import WebServices

/// Removes what a job that is over leaves in its container: the job's own record, and the credential delegated for it.
struct Cleaner: Sendable {
    let soap: SOAPClient
    let log: Log

    /// Tries a few times; after that the container's own deadline removes it.
    private static let pauses: [Duration] = [.seconds(2), .seconds(20)]

    /// - Parameter isDestroyed: the job itself is gone already.
    func clean(_ job: JobRegistry.Job, isDestroyed: Bool) async {
        if let subscription = job.subscriptionEndpoint {
            await attempt("destroy-subscription", job.contact) {
                try await JobService(soap: soap, dialect: job.dialect).unsubscribe(subscription)
            }
        }
        if !isDestroyed {
            let isEnded = await attempt("destroy", job.contact) {
                _ = try await JobService(soap: soap, dialect: job.dialect)
                    .end(job.endpoint, isWithCredentials: job.ownsCredential, patience: .seconds(300))
            }
            // GT 4.2 has removed the credential too.
            if isEnded, job.dialect == .gt42 { return }
        }
        guard job.ownsCredential, let credential = job.credential else { return }
        await destroy(credential, job.dialect, of: job.contact)
    }

    /// Removes a credential.
    func destroy(_ credential: EndpointReference, _ dialect: Dialect, of contact: JobContact?) async {
        await attempt("destroy-credential", contact) {
            try await DelegationClient(soap, dialect).destroy(credential)
        }
    }

    /// True when the container did it.
    @discardableResult
    private func attempt(_ event: String, _ contact: JobContact?, _ body: () async throws -> Void) async -> Bool {
        for wait in Cleaner.pauses + [nil] {
            do {
                try await body()
                return true
            } catch let fault as SOAPFault {
                // Gone already is as good.
                if !fault.isResourceUnknown {
                    log.warning(event, ["contact": contact?.text ?? "-", "error": fault.description])
                }
                return false
            } catch {
                log.warning(event, ["contact": contact?.text ?? "-", "error": "\(error)"])
            }
            guard let wait, (try? await pause(for: wait)) != nil else { break }
        }
        return false
    }
}
