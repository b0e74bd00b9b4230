import Glibc
import MADKit
import Synchronization

/// A local file to be read.
final class LocalSource: Sendable {
    /// Where it lies.
    let path: String
    /// Its bytes when it was opened.
    let size: Int64
    /// How it begins: all of a small file, so that sending one needs no second visit to the disk.
    let head: [UInt8]
    private let descriptor: Int32

    private static let headBytes = 128 << 10

    /// Opens a regular file.
    /// - Throws: ``MADError`` naming the file and the cause.
    init(_ path: String) throws(MADError) {
        // O_NONBLOCK: a named pipe without a writer must not hold the driver up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .system("cannot read \(path)") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw MADError(.invalid, "cannot read \(path)", cause: "not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
        size = Int64(status.st_size)
        let count = Int(min(size, Int64(Self.headBytes)))
        head = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, 0))
        }
    }

    deinit { close(descriptor) }

    /// Throws when the file has ended before the size that it had when it was opened.
    func check(wasReadTo end: Int64) throws(MADError) {
        guard end < size else { return }
        throw MADError(
            .invalid, "cannot read \(path)", cause: "it shrank from \(size) to \(end) bytes while it was copied")
    }

    /// Fills `buffer` from `offset` on; less than its length only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(MADError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled, Int(offset) + filled)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("cannot read \(path)") }
            if count == 0 { break }
            filled += count
        }
        return filled
    }
}

/// A local file that appears complete or not at all: it is written under a temporary name beside its place and renamed.
///
/// A symbolic link at its place is replaced, not followed: job directories are writable for a group.
final class LocalDestination: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var temporary: String?
        /// How many threads write at this moment: an operation that was given up may have left some.
        var writers = 0
        /// Set by the first write.
        var isBegun = false
        /// Set when nobody may begin to write any more; the last writer then closes the file. Its number may belong to
        /// another file the moment after.
        var isOver = false

        mutating func close() {
            guard writers == 0, descriptor >= 0 else { return }
            _ = Glibc.close(descriptor)
            descriptor = -1
        }
    }

    /// Where it will be.
    let path: String
    private let mode: mode_t
    private let state: Mutex<State>

    // What a process that ends in the middle of copies has to take away.
    private static let unfinished = Mutex(Set<String>())
    private static let counter = Atomic<Int>(0)

    /// Opens the temporary file.
    /// - Parameter mode: its permissions once it is complete, apart from the umask.
    /// - Throws: ``MADError`` naming the file and the cause.
    init(_ path: String, mode: mode_t) throws(MADError) {
        self.path = path
        self.mode = mode
        var status = stat()
        let exists = lstat(path, &status) == 0
        let kind = status.st_mode & S_IFMT
        if path.hasSuffix("/") || (exists && kind == S_IFDIR) {
            throw MADError(.invalid, "cannot write \(path)", cause: "it is a directory")
        }
        if exists, kind == S_IFCHR {
            // /dev/null and its like are written to as they are.
            let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
            guard descriptor >= 0 else { throw .system("cannot write \(path)") }
            state = Mutex(State(descriptor: descriptor))
            return
        }
        guard !exists || kind == S_IFREG || kind == S_IFLNK else {
            throw MADError(.invalid, "cannot write \(path)", cause: "it is neither a file nor absent")
        }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = path[...slash]
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        let temporary =
            "\(directory).\(String(path[path.index(after: slash)...].prefix(40))).\(getpid()).\(number).part"
        _ = unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("cannot write \(path)") }
        Self.unfinished.withLock { _ = $0.insert(temporary) }
        state = Mutex(State(descriptor: descriptor, temporary: temporary))
    }

    deinit { discard() }

    /// True when something has been written.
    var isBegun: Bool { state.withLock { $0.isBegun } }

    /// Begins anew with an empty file: an attempt that failed may have written more than the next one will.
    func beginAttempt() throws(MADError) {
        try state.withLock { state throws(MADError) in
            guard state.temporary != nil else { return }
            guard state.writers == 0, state.descriptor >= 0, ftruncate(state.descriptor, 0) == 0 else {
                throw .system("cannot write \(path)")
            }
        }
    }

    /// Writes `bytes` at their place. Safe from several threads. Does nothing when the file has been given up.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(MADError) {
        let descriptor = state.withLock { state -> Int32? in
            guard !state.isOver, state.descriptor >= 0 else { return nil }
            state.writers += 1
            state.isBegun = true
            return state.descriptor
        }
        guard let descriptor else { return }
        defer {
            state.withLock { state in
                state.writers -= 1
                if state.isOver { state.close() }
            }
        }
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, Int(offset) + done)
            if count < 0, errno == ESPIPE {
                // A device that keeps no position.
                done += max(0, Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done))
                continue
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("cannot write \(path)") }
            done += count
        }
    }

    /// The path of the temporary file, for a library that writes by itself.
    var temporaryPath: String { state.withLock { $0.temporary } ?? path }

    /// Gives the file its permissions and its name.
    func commit() throws(MADError) {
        try state.withLock { state throws(MADError) in
            state.isOver = true
            guard let temporary = state.temporary else { return state.close() }
            guard state.writers == 0 else {
                throw MADError(.internal, "cannot write \(path)", cause: "a block is still on its way")
            }
            let mask = umask(0o022)
            umask(mask)
            var error: MADError?
            if fchmod(state.descriptor, mode & ~mask) != 0 { error = .system("cannot write \(path)") }
            // Some file systems tell that they are full only at the end.
            if Glibc.close(state.descriptor) != 0, error == nil { error = .system("cannot write \(path)") }
            state.descriptor = -1
            if error == nil, rename(temporary, path) != 0 { error = .system("cannot write \(path)") }
            if let error {
                unlink(temporary)
                throw error
            }
            Self.unfinished.withLock { _ = $0.remove(temporary) }
            state.temporary = nil
        }
    }

    /// Takes everything away again. Does nothing after ``commit()``.
    func discard() {
        state.withLock { state in
            state.isOver = true
            state.close()
            guard let temporary = state.temporary else { return }
            unlink(temporary)
            Self.unfinished.withLock { _ = $0.remove(temporary) }
            state.temporary = nil
        }
    }

    /// Takes away every file that is not complete; for the end of the process.
    static func discardAll() {
        let paths = unfinished.withLock { paths in
            defer { paths = [] }
            return paths
        }
        for path in paths { unlink(path) }
    }
}
