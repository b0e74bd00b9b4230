import CPosix
import Glibc
import MADKit
import Synchronization

/// A file that a client writes. A new one appears complete or not at all; additions to an old one appear as they come.
///
/// Everything goes through the descriptor of the true directory, so nobody can exchange the path under way.
final class ReceivedFile {
    /// Its path without links, for the log.
    let path: String
    private let directory: Int32
    private let name: [CChar]
    private let temporary: [CChar]
    private let appends: Bool
    /// False for a file without a name, which goes with its descriptor whatever happens to this process.
    private var hasTemporary = false
    private var descriptor: Int32 = -1

    private static let counter = Atomic<Int>(0)

    /// Opens the file, or its temporary twin, if `confinement` permits it.
    /// - Throws: ``HTTPError`` 403, 404, 500 or 507.
    init(_ path: [UInt8], appends: Bool, _ confinement: Confinement) throws(HTTPError) {
        let slash = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
        let name = path[(slash + 1)...]
        guard !name.isEmpty, !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else {
            throw HTTPError(403, "names a directory")
        }
        let parent = path[...slash].map { CChar(bitPattern: $0) } + [0]
        self.appends = appends
        directory = open(parent, mad_open_path | O_DIRECTORY | O_CLOEXEC)
        self.name = name.map { CChar(bitPattern: $0) } + [0]
        guard directory >= 0 else {
            self.path = ""
            temporary = []
            throw HTTPError.ofErrno("its directory cannot be opened")
        }
        let folder = TruePath.of(directory)
        let place = (folder.elementsEqual("/".utf8) ? [] : folder) + [UInt8(ascii: "/")] + name
        self.path = String(decoding: place, as: UTF8.self)
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        temporary = Array(".\(getpid()).\(number).part".utf8CString)
        guard confinement.permitsWriting(place) else { throw HTTPError(403, "outside of what jobs may write") }
        var status = stat()
        if fstatat(directory, self.name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
            let kind = status.st_mode & S_IFMT
            guard kind == S_IFREG || (kind == S_IFLNK && !appends) else { throw HTTPError(403, "not a regular file") }
        }
        // What gwd is to read must be readable to gwd, another account.
        descriptor = appends ? openToAppend() : openAnew()
        guard descriptor >= 0 else { throw HTTPError.ofErrno("cannot be written") }
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw HTTPError(403, "not a regular file")
        }
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            if hasTemporary { unlinkat(directory, temporary, 0) }
        }
        if directory >= 0 { close(directory) }
    }

    /// Adds bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw HTTPError.ofErrno("cannot be written") }
            done += count
        }
    }

    /// The file is complete: it gets its name.
    func commit() throws(HTTPError) {
        defer { descriptor = -1 }
        guard !appends else {
            if close(descriptor) != 0 { throw HTTPError.ofErrno("cannot be written") }
            return
        }
        fchmod(descriptor, 0o644)
        let link = "/proc/self/fd/\(descriptor)"
        hasTemporary = hasTemporary || linkat(AT_FDCWD, link, directory, temporary, AT_SYMLINK_FOLLOW) == 0
        // Some file systems tell only at the end that they are full.
        let code = errno
        guard close(descriptor) == 0, hasTemporary, renameat(directory, temporary, directory, name) == 0 else {
            if !hasTemporary { errno = code }
            let error = HTTPError.ofErrno("cannot be written")
            if hasTemporary { unlinkat(directory, temporary, 0) }
            throw error
        }
    }

    private func openToAppend() -> Int32 {
        openat(directory, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
    }

    private func openAnew() -> Int32 {
        let nameless = openat(directory, ".", O_WRONLY | mad_open_nameless | O_CLOEXEC, 0o644)
        // NFS and its like know no such files.
        guard nameless < 0, errno != ENOSPC, errno != EDQUOT else { return nameless }
        let named = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        hasTemporary = named >= 0
        return named
    }
}
