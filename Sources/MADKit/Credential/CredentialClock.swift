import Glibc
import Synchronization

/// Speaks of the proxy's life: a renewal, the approaching end, the end. Each once.
package final class CredentialClock: Sendable {
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
    package init(notice: @escaping @Sendable (String) -> Void) {
        self.notice = notice
    }

    /// Takes the credential as it is now: the file, and when it ends, in seconds since 1970.
    package func note(path: String, expiry: Int) {
        let secondsLeft = expiry - time(nil)
        let texts = state.withLock { state -> [String] in
            var texts: [String] = []
            if state.expiry != expiry {
                if state.expiry != nil {
                    texts.append(
                        "the proxy certificate \(path) was renewed, \(secondsLeft) s left")
                }
                state = State(expiry: expiry)
            }
            if let (limit, words) = CredentialClock.limits.first(where: { secondsLeft <= $0.0 }),
                limit < state.warned
            {
                state.warned = limit
                texts.append("the proxy certificate \(path) ends in less than \(words)")
            }
            return texts
        }
        texts.forEach(notice)
    }

    /// Takes the news that there is no usable credential.
    package func note(_ error: MADError) {
        let isNew = state.withLock { state in
            defer { state.warned = 0 }
            return state.warned > 0
        }
        if isNew { notice(error.description) }
    }
}
