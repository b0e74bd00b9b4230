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
        /// One file that is not hidden, to be read.
        case input
        /// One file that is not hidden, to be read and written, whether it exists or not.
        case result
        /// Everything below a directory, to be read.
        case readable
        /// Nothing below a directory is to be written, whatever else is open.
        case sealed
        /// gwd's `var`, or the directory of one job in it: everything to be read; to be written, whatever else is open,
        /// nothing but a job's `stdout.*` and `stderr.*`. The rest steers gwd, its drivers and other jobs.
        case spool
        /// Everything below a directory, to be read and written.
        case writable
        /// The same without hidden files: a job's directory may be a home, with keys and start-up files in it.
        case visible

        /// True where the path may not lead through anything hidden.
        fileprivate var avoidsHidden: Bool { self == .input || self == .result || self == .visible }
        /// True for what may be opened, or closed, before it is there.
        fileprivate var mayBeMissing: Bool { self == .result || isSeal }
        /// True for what takes leave to write away.
        fileprivate var isSeal: Bool { self == .sealed || self == .spool }
    }

    private struct Grant: Hashable {
        let kind: Kind
        let path: [UInt8]
    }

    // By owner: a job's number, or a name of the driver's.
    private let grants = Mutex<[String: Set<Grant>]>([:])

    package init() {}

    /// Opens `path` for `owner`.
    /// - Returns: false when there is nothing at `path`, or no directory for what need not be there; when it is hidden, or
    ///   below a hidden directory other than gwd's own `.gw_*`, and of a kind that must not be; and when all files of
    ///   this machine would be a job's own.
    @discardableResult
    package func grant(_ kind: Kind, _ path: String, to owner: String) -> Bool {
        // A result takes the place of a link, whatever the link leads to.
        let existing = kind == .result ? nil : Self.truePath(of: path)
        guard let real = existing ?? (kind.mayBeMissing ? Self.truePlace(of: path) : nil) else { return false }
        guard !kind.avoidsHidden || !Self.isHidden(real), kind != .visible || real.count > 1 else { return false }
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

    private static func isHidden(_ path: [UInt8]) -> Bool {
        path.split(separator: UInt8(ascii: "/")).contains { name in
            name.first == UInt8(ascii: ".") && !name.starts(with: ".gw_".utf8)
        }
    }

    /// Takes everything back that was opened for `owner`.
    package func forget(_ owner: String) { grants.withLock { $0[owner] = nil } }

    /// True when the file with this true path may be read.
    func permitsReading(_ path: [UInt8]) -> Bool {
        permits(path) { grant in
            switch grant.kind {
            case .file, .input, .result: grant.path == path
            case .readable, .spool, .writable, .visible: Confinement.isInside(path, grant)
            case .sealed: false
            }
        }
    }

    /// True when a file may be made or replaced at this path, whose directory is a true one.
    func permitsWriting(_ path: [UInt8]) -> Bool {
        let isClosed = permits(path) { grant in
            grant.kind.isSeal && Confinement.isInside(path, grant) && !Confinement.isStream(path, grant)
        }
        return !isClosed
            && permits(path) { grant in
                switch grant.kind {
                case .file, .input, .readable, .sealed: false
                case .result: grant.path == path
                case .spool, .writable, .visible: Confinement.isInside(path, grant)
                }
            }
    }

    private func permits(_ path: [UInt8], _ test: (Grant) -> Bool) -> Bool {
        grants.withLock { $0.values.contains { $0.contains(where: test) } }
    }

    /// True for a job's output or error stream in a spool: `[JOB/]stdout.*`, `[JOB/]stderr.*`.
    private static func isStream(_ path: [UInt8], _ grant: Grant) -> Bool {
        guard grant.kind == .spool else { return false }
        var names = path.dropFirst(grant.path.count).split(separator: UInt8(ascii: "/"))
        if names.count == 2, names[0].allSatisfy({ (0x30...0x39).contains($0) }) { names.removeFirst() }
        return names.count == 1 && (names[0].starts(with: "stdout.".utf8) || names[0].starts(with: "stderr.".utf8))
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
