import Globus
import MADKit
import Synchronization

/// Speaks of the proxy's life: a renewal, the approaching end, the end. Each once.
final class CredentialClock: Sendable {
    private struct State {
        var expiry: Int?
        /// The smallest limit spoken of, in seconds before the end.
        var warned = Int.max
    }

    /// When to speak, in seconds before the end.
    private static let limits = [(600, "10 minutes"), (3_600, "1 hour"), (21_600, "6 hours")]

    private let state = Mutex(State())
    private let notice: @Sendable (String) -> Void

    /// - Parameter notice: told what there is to say.
    init(notice: @escaping @Sendable (String) -> Void) {
        self.notice = notice
    }

    /// Takes the credential as it is now.
    func note(_ credential: Credential) {
        let texts = state.withLock { state -> [String] in
            var texts: [String] = []
            if state.expiry != credential.expiry {
                if state.expiry != nil {
                    texts.append(
                        "the proxy certificate \(credential.path) was renewed, \(credential.secondsLeft) s left")
                }
                state = State(expiry: credential.expiry)
            }
            if let (limit, words) = CredentialClock.limits.first(where: { credential.secondsLeft <= $0.0 }),
                limit < state.warned
            {
                state.warned = limit
                texts.append("the proxy certificate \(credential.path) ends in less than \(words)")
            }
            return texts
        }
        texts.forEach(notice)
    }

    /// Takes the news that there is no usable credential.
    func note(_ error: MADError) {
        let isNew = state.withLock { state in
            defer { state.warned = 0 }
            return state.warned > 0
        }
        if isNew { notice(error.description) }
    }
}
