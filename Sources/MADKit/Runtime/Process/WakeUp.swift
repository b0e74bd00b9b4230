import CPosix
import Glibc

/// What can end a driver besides its requests, as bytes in a pipe that the reader watches together with its input.
struct WakeUp: Sendable {
    /// Why the reader was woken.
    enum Reason: UInt8, Sendable {
        /// SIGTERM, SIGINT or SIGHUP.
        case signal = 1
        /// Nobody reads our replies any more.
        case outputBroken = 2
        /// INIT failed; its reply is on the way.
        case initializationFailed = 3
    }

    /// The end to watch.
    let descriptor: Int32
    private let sender: Int32

    /// Makes the pipe and catches the signals that end a process.
    static func install() throws(MADError) -> WakeUp {
        var ends: [Int32] = [-1, -1]
        guard mad_pipe(&ends, 1) == 0 else { throw .system("cannot make a pipe for signals") }
        wakeUpSender = ends[1]
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            let saved = errno
            var reason = WakeUp.Reason.signal.rawValue
            _ = write(wakeUpSender, &reason, 1)
            errno = saved
        }
        action.sa_flags = SA_RESTART
        for number in [SIGTERM, SIGINT, SIGHUP] { sigaction(number, &action, nil) }
        return WakeUp(descriptor: ends[0], sender: ends[1])
    }

    /// Wakes the reader.
    func send(_ reason: Reason) {
        var byte = reason.rawValue
        _ = write(sender, &byte, 1)
    }

    /// The oldest reason that nobody has taken yet.
    func take() -> Reason? {
        var byte: UInt8 = 0
        return read(descriptor, &byte, 1) == 1 ? Reason(rawValue: byte) : nil
    }
}

// A signal handler can reach nothing but a global; written once, before the handlers are installed.
private nonisolated(unsafe) var wakeUpSender: Int32 = -1
