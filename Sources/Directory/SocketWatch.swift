import Glibc
import MADKit
import Synchronization

/// Shuts a socket down at a deadline, for calls that have none: libldap's TLS handshake waits for ever on a socket that
/// blocks, and spins on one that does not.
final class SocketWatch: Sendable {
    private let socket: Mutex<Int32?>
    private let timer = Mutex<Task<Void, Never>?>(nil)

    /// Begins to watch.
    init(_ socket: Int32, until deadline: Instant) {
        self.socket = Mutex(socket)
        let wait = Duration.milliseconds(Int(deadline.millisecondsFromNow))
        let task = startTask { [self] in
            guard (try? await pause(for: wait)) != nil else { return }
            self.socket.withLock { socket in
                if let socket { shutdown(socket, Int32(SHUT_RDWR)) }
            }
        }
        timer.withLock { $0 = task }
    }

    /// Ends the watch; the socket may be closed from now on.
    func end() {
        socket.withLock { $0 = nil }
        timer.withLock { $0.take() }?.cancel()
    }
}
