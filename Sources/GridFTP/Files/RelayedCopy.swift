internal import CGridFTP
import Glibc
import Globus
import MADKit
import Synchronization

/// A copy by Globus' general copier: web servers, and pairs of servers that cannot talk to each other.
///
/// Every copy opens its own connections, and the bytes pass through this process.
final class RelayedCopy: @unchecked Sendable {
    // Sendable by this rule: the copier is set up by `start`, and later only asked to cancel; what it uses lives as long
    // as this object, which the copier's callback keeps alive.
    private let handle = UnsafeMutablePointer<globus_gass_copy_handle_t>.allocate(capacity: 1)
    private let sourceAttributes = UnsafeMutablePointer<globus_gass_copy_attr_t>.allocate(capacity: 1)
    private let destinationAttributes = UnsafeMutablePointer<globus_gass_copy_attr_t>.allocate(capacity: 1)
    private let source: UnsafeMutablePointer<CChar>?
    private let destination: UnsafeMutablePointer<CChar>?
    private let call = Call()
    private let blocking: BlockingPool
    private let moved: @Sendable () -> Void

    private init(
        from source: String, to destination: String, blocking: BlockingPool, moved: @escaping @Sendable () -> Void
    ) {
        self.source = strdup(source)
        self.destination = strdup(destination)
        self.blocking = blocking
        self.moved = moved
    }

    deinit {
        free(source)
        free(destination)
        let raw = UInt(bitPattern: handle)
        let attributes = [UInt(bitPattern: sourceAttributes), UInt(bitPattern: destinationAttributes)]
        let blocking = blocking
        // Possibly on a thread of the library, from the end of a callback: let it return first.
        startTask {
            try? await blocking.run {
                let handle = UnsafeMutablePointer<globus_gass_copy_handle_t>(bitPattern: raw)
                globus_gass_copy_handle_destroy(handle)
                handle?.deallocate()
                for raw in attributes { UnsafeMutablePointer<globus_gass_copy_attr_t>(bitPattern: raw)?.deallocate() }
            }
        }
    }

    /// Copies `source` to `destination`, each a URL of any scheme.
    /// - Throws: ``FTPFailure``.
    static func run(
        from source: String, to destination: String, blocking: BlockingPool, moved: @escaping @Sendable () -> Void
    ) async throws {
        let copy = RelayedCopy(from: source, to: destination, blocking: blocking, moved: moved)
        try await blocking.run { try copy.start() }
        let failure = await withTaskCancellationHandler {
            await copy.call.outcome()
        } onCancel: {
            copy.cancel()
        }
        if Task.isCancelled { throw FTPFailure.cancelled }
        if let failure { throw failure }
    }

    private func start() throws {
        try check(globus_gass_copy_handle_init(handle, nil))
        try check(globus_gass_copy_set_no_third_party_transfers(handle, 1))
        try check(globus_gass_copy_attr_init(sourceAttributes))
        try check(globus_gass_copy_attr_init(destinationAttributes))
        _ = globus_gass_copy_register_performance_cb(handle, relayMoved, Unmanaged.passUnretained(self).toOpaque())
        let argument = Unmanaged.passRetained(self)
        let result = globus_gass_copy_register_url_to_url(
            handle, source, sourceAttributes, destination, destinationAttributes, relayCompleted, argument.toOpaque())
        guard let failure = FTPFailure(result: result) else { return }
        argument.release()
        throw failure
    }

    private func cancel() {
        startTask { [self] in
            try? await blocking.run { [self] in
                if !call.isOver { _ = globus_gass_copy_cancel(handle, relayCancelled, nil) }
            }
            guard !call.isOver else { return }
            try? await pause(for: .seconds(2))
            call.finish(.cancelled)
        }
    }

    private func check(_ result: globus_result_t) throws {
        if let failure = FTPFailure(result: result) { throw failure }
    }

    fileprivate func completed(_ failure: FTPFailure?) { call.finish(failure) }
    fileprivate func advanced() { moved() }
}

private func relayCompleted(
    _ argument: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<globus_gass_copy_handle_t>?,
    _ error: UnsafeMutablePointer<globus_object_t>?
) {
    guard let argument else { return }
    Unmanaged<RelayedCopy>.fromOpaque(argument).takeRetainedValue().completed(FTPFailure(error))
}

private func relayCancelled(
    _: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<globus_gass_copy_handle_t>?,
    _: UnsafeMutablePointer<globus_object_t>?
) {}

private func relayMoved(
    _ argument: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<globus_gass_copy_handle_t>?, _: globus_off_t,
    _: Float,
    _: Float
) {
    guard let argument else { return }
    Unmanaged<RelayedCopy>.fromOpaque(argument).takeUnretainedValue().advanced()
}
