import Glibc
import MADKit
import Synchronization

/// The user's proxy certificate over time: read again when the file changes, checked against the clock at each look.
///
/// A look at an unchanged file costs one `stat`, so every request may take one and no timer is needed.
public final class ProxyFile: Sendable {
    private struct Mark: Equatable {
        let device: UInt
        let inode: UInt
        let size: Int
        let modified: Int
    }

    private struct State {
        var mark: Mark?
        var credential: ProxyCredential?
    }

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
            let mark = mark()
            if let known = state.credential, mark != nil, mark == state.mark, known.secondsLeft > 0 { return known }
            state.credential = nil
            let credential = try ProxyCredential(path: path)
            state.mark = mark
            state.credential = credential
            return credential
        }
    }

    private func mark() -> Mark? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Mark(
            device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
            modified: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
    }
}
