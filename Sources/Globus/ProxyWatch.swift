internal import CGlobus
import MADKit
import Synchronization

/// The user's proxy certificate over time: read again when the file changes, checked against the clock at each look.
///
/// A look at an unchanged file costs one `stat`, so every request may take one and no timer is needed.
package final class ProxyWatch: Sendable {
    private struct State {
        var signature: FileSignature?
        var credential: Credential?
    }

    private let path: String
    private let state = Mutex(State())

    /// Watches the file at `path`; nothing is read yet.
    package init(path: String = Credential.defaultPath) {
        self.path = path
    }

    /// The credential as it is now. Opens files; call where blocking is allowed.
    /// - Throws: ``MADError`` of code `credential`, as ``Credential/load(_:)``.
    package func look() throws(MADError) -> Credential {
        try state.withLock { state throws(MADError) in
            let signature = FileSignature(path: path)
            if let known = state.credential, signature != nil, signature == state.signature, known.secondsLeft > 0 {
                return known
            }
            state.credential = nil
            let credential = try Credential.load(path)
            state.signature = signature
            state.credential = credential
            return credential
        }
    }
}
