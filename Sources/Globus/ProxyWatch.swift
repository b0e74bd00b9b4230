import MADKit

/// The user's proxy certificate over time: read again when the file changes, checked against the clock at each look.
package final class ProxyWatch: Sendable {
    private let file: WatchedFile<Credential>

    /// Watches the file at `path`; nothing is read yet.
    package init(path: String = Credential.defaultPath) {
        file = WatchedFile(path: path, isUsable: { $0.secondsLeft > 0 }) { path throws(MADError) in
            try Credential.load(path)
        }
    }

    /// The credential as it is now. Opens files; call where blocking is allowed.
    /// - Throws: ``MADError`` of code `credential`, as ``Credential/load(_:)``.
    package func look() throws(MADError) -> Credential { try file.look() }
}
