import CPosix
import Glibc
import MADKit

/// A file that a client reads.
final class ServedFile {
    /// Its bytes when it was opened; what grows behind them is not sent.
    let size: Int
    private let descriptor: Int32

    /// Opens the file at `path` if `confinement` permits the file that this turns out to be.
    /// - Throws: ``HTTPError`` 403, 404 or 500.
    init(_ path: [UInt8], _ confinement: Confinement) throws(HTTPError) {
        // A look without opening: neither a device nor a pipe notices.
        let handle = open(path.map { CChar(bitPattern: $0) } + [0], mad_open_path | O_CLOEXEC)
        guard handle >= 0 else { throw HTTPError.ofErrno("cannot be opened") }
        defer { close(handle) }
        guard confinement.permitsReading(TruePath.of(handle)) else {
            throw HTTPError(403, "outside of what jobs may read")
        }
        var status = stat()
        guard fstat(handle, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw HTTPError(403, "not a regular file")
        }
        descriptor = open("/proc/self/fd/\(handle)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HTTPError.ofErrno("cannot be read") }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Gives the bytes to `body` piece by piece.
    /// - Throws: what `body` throws; ``MADError`` when the disk fails or the file shrinks under way.
    func send(_ body: (UnsafeRawBufferPointer) throws(MADError) -> Void) throws(MADError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var sent = 0
        while sent < size {
            let count = read(descriptor, buffer.baseAddress, min(buffer.count, size - sent))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("cannot read on") }
            guard count > 0 else { throw MADError(.system, "the file became shorter while it was sent") }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            sent += count
        }
    }
}

/// The path of an open file as the kernel knows it, without links and without `..`. In bytes: names that differ may be
/// equal as text.
enum TruePath {
    static func of(_ descriptor: Int32) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count - 1)
        return buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    }
}

extension HTTPError {
    /// The present `errno` as a status.
    static func ofErrno(_ what: String) -> HTTPError {
        let status =
            switch errno {
            case ENOENT, ENOTDIR: 404
            case EACCES, EPERM, ELOOP, EISDIR, EROFS: 403
            case ENOSPC, EDQUOT, EFBIG: 507
            default: 500
            }
        return HTTPError(status, "\(what): \(String(cString: strerror(errno)))")
    }
}
