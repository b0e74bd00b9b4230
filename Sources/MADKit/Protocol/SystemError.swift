import Glibc

extension MADError {
    /// The failure of a system call, in the C library's own words.
    public static func system(_ message: String, errno code: Int32 = errno) -> MADError {
        MADError(code == ENOENT ? .unknown : .system, message, cause: String(cString: strerror(code)))
    }
}
