import CPosix
import Glibc

/// The two ends of a pipe, which no child inherits by accident.
struct PipeEnds {
    let read: Int32
    let write: Int32

    static func make() throws(Failure) -> PipeEnds {
        var ends: [Int32] = [-1, -1]
        guard mad_pipe(&ends, 0) == 0 else { throw .system("cannot make a pipe") }
        return PipeEnds(read: ends[0], write: ends[1])
    }

    /// For our ends only: the other side has a file description of its own.
    static func setNonBlocking(_ end: Int32) {
        _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
    }
}
