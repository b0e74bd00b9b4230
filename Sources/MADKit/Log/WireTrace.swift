import Glibc

/// Records both directions of the wire, line by line: `time > request` and `time < reply`.
///
/// Only the two threads of the wire write here, each its own direction; a slow disk slows them, so the trace is for looking
/// into a problem.
final class WireTrace: Sendable {
    enum Direction: String, Sendable {
        case received = ">"
        case sent = "<"
    }

    private let descriptor: Int32

    /// Appends to `path`, mode 0600, no symbolic link followed.
    init(path: String) throws(MADError) {
        descriptor = try PrivateFile.openForAppending(path)
    }

    deinit { close(descriptor) }

    /// Writes one line, newline excluded.
    func record(_ direction: Direction, _ line: some Sequence<UInt8>) {
        var entry = Array("\(Timestamp.now) \(direction.rawValue) ".utf8)
        entry += line
        entry.append(0x0A)
        _ = entry.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
