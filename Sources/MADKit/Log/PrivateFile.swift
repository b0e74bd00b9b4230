import Glibc

/// Opens files that only their owner may read, and that nobody can redirect.
enum PrivateFile {
    /// Opens `path` for appending, mode 0600. A symbolic link, a device or a file of another user is refused.
    ///
    /// - Returns: a descriptor, closed on exec.
    /// - Throws: ``MADError`` naming the path and the cause.
    static func openForAppending(_ path: String) throws(MADError) -> Int32 {
        // Without O_NONBLOCK, a FIFO would hold the driver up before it can answer INIT.
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else { throw .system("cannot open \(path)") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            close(descriptor)
            throw MADError(.invalid, "cannot open \(path)", cause: "not a regular file of this user")
        }
        fchmod(descriptor, 0o600)
        return descriptor
    }
}
