import MADKit
import Synchronization

/// The user's proxy certificate over time: read again when the file changes, checked against the clock at each look.
///
/// A look at an unchanged file costs one `stat`, so every request may take one and no timer is needed.
public final class ProxyFile: Sendable {
    private struct State {
        var signature: FileSignature?
        var credential: ProxyCredential?
        /// When the file was last looked at.
        var seen = ContinuousClock.now
    }

    /// How long a look holds for those who cannot wait for a file.
    private static let freshness = Duration.milliseconds(250)

    private let path: String
    private let state = Mutex(State())

    /// Watches the file at `path`; nothing is read yet.
    public init(path: String = ProxyCredential.defaultPath) {
        self.path = path
    }

    /// The credential as it is now: the same object until the file changes. Opens files; call where blocking is allowed.
    /// - Throws: ``MADError`` of code `credential`, as ``ProxyCredential/init(path:)``.
    public func look() throws(MADError) -> ProxyCredential {
        try state.withLock { state throws(MADError) in
            let signature = FileSignature(path: path)
            state.seen = .now
            if let known = state.credential, signature != nil, signature == state.signature, known.secondsLeft > 0 {
                return known
            }
            state.credential = nil
            let credential = try ProxyCredential(path: path)
            state.signature = signature
            state.credential = credential
            return credential
        }
    }

    /// The credential as it was a moment ago; `nil` when the file has to be looked at. Opens nothing: many requests at once
    /// need not queue up for a thread that may block.
    var recent: ProxyCredential? {
        state.withLock { state in
            guard let known = state.credential, state.seen + ProxyFile.freshness > .now, known.secondsLeft > 0 else {
                return nil
            }
            return known
        }
    }
}
