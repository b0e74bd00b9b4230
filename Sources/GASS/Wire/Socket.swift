import CPosix
import Glibc
import MADKit

/// A connected stream socket with a patience: a peer that moves no byte for so long is given up.
final class Socket: Sendable {
    private let descriptor: Int32

    /// Takes over `descriptor`, which must not block.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var yes: Int32 = 1
        setsockopt(descriptor, mad_level_tcp, TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// Reads what is there, waiting for the first byte; 0 at the end.
    func receive(into buffer: UnsafeMutableRawBufferPointer, until deadline: ContinuousClock.Instant)
        throws(MADError) -> Int
    {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: try wait(for: Int16(POLLIN), until: deadline)
            default: throw .system("the client's connection broke")
            }
        }
    }

    /// Fills `buffer`; false when the stream ends before it is full.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, until deadline: ContinuousClock.Instant) throws(MADError) -> Bool
    {
        var filled = 0
        while filled < buffer.count {
            let count = try receive(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]), until: deadline)
            if count == 0 { return false }
            filled += count
        }
        return true
    }

    /// Sends everything; the patience counts anew whenever the peer takes some.
    func send(_ bytes: UnsafeRawBufferPointer, patience: Duration) throws(MADError) {
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.send(
                descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            if count >= 0 {
                sent += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: try wait(for: Int16(POLLOUT), until: .now + patience)
            default: throw .system("the client's connection broke")
            }
        }
    }

    /// Says that nothing more comes, and waits a moment for the peer to say the same: closing at once would let the kernel
    /// throw away what the peer has not read yet.
    func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
        let deadline = ContinuousClock.now + .seconds(2)
        withUnsafeTemporaryAllocation(byteCount: 32 << 10, alignment: 1) { buffer in
            while ContinuousClock.now < deadline {
                guard let count = try? receive(into: buffer, until: deadline), count > 0 else { return }
            }
        }
    }

    /// Ends the conversation at once, whoever waits in it.
    func abandon() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func wait(for events: Int16, until deadline: ContinuousClock.Instant) throws(MADError) {
        let (seconds, attoseconds) = (deadline - .now).components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        let ready = milliseconds < 0 ? 0 : poll(&entry, 1, Int32(clamping: milliseconds + 1))
        if ready == 0 { throw MADError(.timedOut, "the client stays silent") }
    }
}
