import Glibc

/// The signals that ask gwmad to stop, as bytes in a pipe that the switchboard watches with its drivers.
struct Interrupts: Sendable {
    /// The end to watch.
    let descriptor: Int32

    /// Catches SIGINT, SIGTERM and SIGHUP from now on.
    static func catchThem() throws(Failure) -> Interrupts {
        let ends = try PipeEnds.make()
        for end in [ends.read, ends.write] { PipeEnds.setNonBlocking(end) }
        interruptSender = ends.write
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { number in
            let saved = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(interruptSender, &byte, 1)
            errno = saved
        }
        action.sa_flags = SA_RESTART
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaction(number, &action, nil) }
        return Interrupts(descriptor: ends.read)
    }

    /// The oldest signal nobody has taken yet.
    func take() -> Int32? {
        var byte: UInt8 = 0
        return read(descriptor, &byte, 1) == 1 ? Int32(byte) : nil
    }
}

// A signal handler can reach nothing but a global; written once, before the handlers are installed.
private nonisolated(unsafe) var interruptSender: Int32 = -1
