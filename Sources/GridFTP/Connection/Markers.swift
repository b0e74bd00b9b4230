internal import CGridFTP
import Synchronization

/// The signs of life of a transfer between servers, which moves no byte through this process.
///
/// `@unchecked Sendable` by this rule: installed before the transfer starts and removed after it ended, by its task.
final class Markers: @unchecked Sendable {
    private let moved: @Sendable () -> Void
    private let last = Atomic<Int64>(-1)
    private var plugin: globus_ftp_client_plugin_t?
    private var handle: Connection.Handle?

    init(_ moved: @escaping @Sendable () -> Void) { self.moved = moved }

    func install(on handle: Connection.Handle) {
        let result = mad_ftp_watch(handle, &plugin, markerArrived, Unmanaged.passUnretained(self).toOpaque())
        if FTPFailure(result: result) == nil { self.handle = handle }
    }

    /// False when the library cannot let go, because the handle is still at work. It may then go on to call, so all that
    /// it calls stays for good.
    func remove() -> Bool {
        guard let handle else { return true }
        self.handle = nil
        guard FTPFailure(result: mad_ftp_unwatch(handle, &plugin)) != nil else { return true }
        _ = Unmanaged.passRetained(self)
        return false
    }

    /// A server that repeats itself is not moving.
    fileprivate func note(_ bytes: Int64) {
        if last.exchange(bytes, ordering: .relaxed) != bytes { moved() }
    }
}

private func markerArrived(_ argument: UnsafeMutableRawPointer?, _ bytes: globus_off_t) {
    guard let argument else { return }
    Unmanaged<Markers>.fromOpaque(argument).takeUnretainedValue().note(Int64(bytes))
}
