import CPosix
import Glibc

/// The two pipes to gwd, taken away from everybody else in this process.
struct StandardStreams: Sendable {
    /// Requests arrive here. Close-on-exec.
    let input: Int32
    /// Replies leave here. Close-on-exec.
    let output: Int32

    /// Claims standard input and output; must come before any library is initialised.
    ///
    /// Closes every descriptor above 2 (gwd lets the sockets of its clients through), moves the pipes to descriptors that
    /// no child inherits, and points 0 at /dev/null and 1 at 2: a library that prints can then disturb nobody.
    static func claim() -> StandardStreams {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the missing one.
            _ = open("/dev/null", O_RDWR)
            _ = descriptor
        }
        _ = mad_close_from(3)
        let streams = StandardStreams(input: fcntl(0, F_DUPFD_CLOEXEC, 3), output: fcntl(1, F_DUPFD_CLOEXEC, 3))
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        dup2(nothing, 0)
        dup2(2, 1)
        close(nothing)
        return streams
    }

    /// True once nobody can read our replies any more.
    var isOutputClosed: Bool {
        var entry = pollfd(fd: output, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLERR | POLLNVAL) != 0
    }
}
