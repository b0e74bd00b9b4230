import Glibc

/// What tells one version of a file from another without reading it.
package struct FileSignature: Equatable, Sendable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let modified: Nanoseconds
    private let changed: Nanoseconds

    private typealias Nanoseconds = Int

    /// The signature of the file at `path`; `nil` when it cannot be examined.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The signature of a file that was examined.
    package init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        changed = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
    }

    /// True when a change right after `moment` would show in the signature.
    ///
    /// File systems count time in steps, of two seconds at worst: a file that had been changed within the step before it
    /// was read may change again and look the same.
    package func isSettled(at moment: timespec) -> Bool {
        moment.tv_sec * 1_000_000_000 + moment.tv_nsec - changed > 2_000_000_000
    }
}
