import Glibc
import MADKit
import Synchronization

/// Which files of this user the server may touch: what jobs need, and nothing else.
///
/// Grants name true paths, without symbolic links; a request is judged by the true path of what it opens, so neither `..`
/// nor a link leads out.
package final class Confinement: Sendable {
    /// What one grant opens.
    package enum Kind: String, Sendable {
        /// One file, to be read.
        case file
        /// Everything below a directory, to be read.
        case readable
        /// Everything below a directory, to be read and written.
        case writable
        /// The same without hidden files: a job's directory may be a home, with keys and start-up files in it.
        case visible
    }

    private struct Grant: Hashable {
        let kind: Kind
        let path: String
    }

    // By owner: a job's number, or a name of the driver's.
    private let grants = Mutex<[String: Set<Grant>]>([:])

    package init() {}

    /// Opens `path` for `owner`.
    /// - Returns: false when there is nothing at `path`.
    @discardableResult
    package func grant(_ kind: Kind, _ path: String, to owner: String) -> Bool {
        guard let real = realpath(path, nil) else { return false }
        defer { free(real) }
        let grant = Grant(kind: kind, path: String(cString: real))
        grants.withLock { _ = $0[owner, default: []].insert(grant) }
        return true
    }

    /// Takes everything back that was opened for `owner`.
    package func forget(_ owner: String) { grants.withLock { $0[owner] = nil } }

    /// True when the file with this true path may be read.
    func permitsReading(_ path: String) -> Bool {
        permits(path) { grant in
            grant.kind == .file ? grant.path == path : Confinement.isInside(path, grant)
        }
    }

    /// True when a file may be made or replaced at this path, whose directory is a true one.
    func permitsWriting(_ path: String) -> Bool {
        permits(path) { grant in
            (grant.kind == .writable || grant.kind == .visible) && Confinement.isInside(path, grant)
        }
    }

    private func permits(_ path: String, _ test: (Grant) -> Bool) -> Bool {
        grants.withLock { $0.values.contains { $0.contains(where: test) } }
    }

    private static func isInside(_ path: String, _ grant: Grant) -> Bool {
        let root = grant.path == "/" ? "" : grant.path
        guard path.utf8.starts(with: root.utf8) else { return false }
        let rest = path.utf8.dropFirst(root.utf8.count)
        guard rest.first == UInt8(ascii: "/") else { return false }
        guard grant.kind == .visible else { return true }
        return !rest.split(separator: UInt8(ascii: "/")).contains { $0.first == UInt8(ascii: ".") }
    }
}
