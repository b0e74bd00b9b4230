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
        /// One file, to be read and written, whether it exists or not.
        case result
        /// Everything below a directory, to be read.
        case readable
        /// Everything below a directory, to be read and written.
        case writable
        /// The same without hidden files: a job's directory may be a home, with keys and start-up files in it.
        case visible
    }

    private struct Grant: Hashable {
        let kind: Kind
        let path: [UInt8]
    }

    // By owner: a job's number, or a name of the driver's.
    private let grants = Mutex<[String: Set<Grant>]>([:])

    package init() {}

    /// Opens `path` for `owner`.
    /// - Returns: false when there is nothing at `path`, or, for a ``Kind/result``, no directory for it.
    @discardableResult
    package func grant(_ kind: Kind, _ path: String, to owner: String) -> Bool {
        guard let real = kind == .result ? Self.truePlace(of: path) : Self.truePath(of: path) else { return false }
        let grant = Grant(kind: kind, path: real)
        grants.withLock { _ = $0[owner, default: []].insert(grant) }
        return true
    }

    private static func truePath(of path: String) -> [UInt8]? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return Array(UnsafeRawBufferPointer(start: real, count: strlen(real)))
    }

    /// A file in its true directory, itself perhaps not there yet.
    private static func truePlace(of path: String) -> [UInt8]? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let name = path.utf8[path.utf8.index(after: slash)...]
        guard !name.isEmpty, let directory = truePath(of: String(path.utf8[...slash]) ?? "") else { return nil }
        return (directory.elementsEqual("/".utf8) ? [] : directory) + [UInt8(ascii: "/")] + name
    }

    /// Takes everything back that was opened for `owner`.
    package func forget(_ owner: String) { grants.withLock { $0[owner] = nil } }

    /// True when the file with this true path may be read.
    func permitsReading(_ path: [UInt8]) -> Bool {
        permits(path) { grant in
            switch grant.kind {
            case .file, .result: grant.path == path
            case .readable, .writable, .visible: Confinement.isInside(path, grant)
            }
        }
    }

    /// True when a file may be made or replaced at this path, whose directory is a true one.
    func permitsWriting(_ path: [UInt8]) -> Bool {
        permits(path) { grant in
            switch grant.kind {
            case .file, .readable: false
            case .result: grant.path == path
            case .writable, .visible: Confinement.isInside(path, grant)
            }
        }
    }

    private func permits(_ path: [UInt8], _ test: (Grant) -> Bool) -> Bool {
        grants.withLock { $0.values.contains { $0.contains(where: test) } }
    }

    private static func isInside(_ path: [UInt8], _ grant: Grant) -> Bool {
        let root = grant.path.elementsEqual("/".utf8) ? [] : grant.path
        guard path.starts(with: root) else { return false }
        let rest = path.dropFirst(root.count)
        guard rest.first == UInt8(ascii: "/") else { return false }
        guard grant.kind == .visible else { return true }
        return !rest.split(separator: UInt8(ascii: "/")).contains { $0.first == UInt8(ascii: ".") }
    }
}
