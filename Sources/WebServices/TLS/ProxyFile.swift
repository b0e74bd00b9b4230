import MADKit

/// The user's proxy certificate over time: read again when the file changes, checked against the clock at each look.
public final class ProxyFile: Sendable {
    /// How long a look holds for those who cannot wait for a file.
    private static let freshness = Duration.milliseconds(250)

    private let file: WatchedFile<ProxyCredential>

    /// Watches the file at `path`; nothing is read yet.
    public init(path: String = ProxyCredential.defaultPath) {
        file = WatchedFile(path: path, isUsable: { $0.secondsLeft > 0 }) { path throws(MADError) in
            try ProxyCredential(path: path)
        }
    }

    /// The credential as it is now: the same object until the file changes. Opens files; call where blocking is allowed.
    /// - Throws: ``MADError`` of code `credential`, as ``ProxyCredential/init(path:)``.
    public func look() throws(MADError) -> ProxyCredential { try file.look() }

    /// The credential as it was a moment ago; `nil` when the file has to be looked at. Opens nothing: many requests at once
    /// need not queue up for a thread that may block.
    var recent: ProxyCredential? { file.recent(within: ProxyFile.freshness) }
}
