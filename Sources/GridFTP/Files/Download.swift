internal import CGridFTP
import MADKit
import Synchronization

/// Data on its way from a server: a file, or the listing of a directory.
///
/// Blocks arrive in any order with their place in the file, and are handed on from a thread that may wait for a disk.
final class Download: Sendable {
    private static let blockBytes = 1 << 18

    /// Takes a block and its place; throwing breaks the transfer off.
    typealias Sink = @Sendable (UnsafeRawBufferPointer, Int64) throws -> Void

    /// A block that is to be handed on.
    private struct Piece {
        let block: UInt
        let count: Int
        let offset: Int64
    }

    private struct State {
        var writing = 0
        /// The end of the data, kept back: the end of the transfer follows on its heels, and one visit to the disk will do
        /// for a small file.
        var last: Piece?
        var problem: MADError?
        var hasReceived = false
        /// Set by the completion callback.
        var end: FTPFailure??
    }

    let call: Call
    private let blocks: [UInt]
    private let blockBytes: Int
    private let sink: Sink
    private let blocking: BlockingPool
    private let moved: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameter size: how much will come, if known.
    init(
        size: Int64?, streams: Int, over connection: Connection, blocking: BlockingPool,
        moved: @escaping @Sendable () -> Void, into sink: @escaping Sink
    ) {
        call = Call(keeping: connection)
        self.sink = sink
        self.blocking = blocking
        self.moved = moved
        let bytes = size.map { max(1, min(Self.blockBytes, Int(clamping: $0))) } ?? 64 << 10
        let count = size.map { Int(clamping: ($0 + Int64(bytes) - 1) / Int64(bytes)) } ?? 2
        blockBytes = bytes
        blocks = (0..<max(1, min(2 * streams + 2, count))).map { _ in
            UInt(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16))
        }
    }

    deinit {
        for block in blocks { UnsafeMutableRawPointer(bitPattern: block)?.deallocate() }
    }

    /// What went wrong on this side, if anything.
    var problem: MADError? { state.withLock { $0.problem } }

    /// Hands on what was kept back. To be called after the call has ended well, from a thread that may wait for a disk.
    func handOnTheLast() throws {
        guard let piece = state.withLock({ $0.last.take() }), let block = UnsafeRawPointer(bitPattern: piece.block)
        else { return }
        try sink(UnsafeRawBufferPointer(start: block, count: piece.count), piece.offset)
    }

    /// True when bytes have arrived.
    var hasReceived: Bool { state.withLock { $0.hasReceived } }

    /// Registers the buffers of a transfer whose start went well.
    /// - Parameter start: starts it with the completion callback and its argument.
    func start(
        _ handle: Connection.Handle,
        _ start: (globus_ftp_client_complete_callback_t, UnsafeMutableRawPointer) -> globus_result_t
    ) -> globus_result_t {
        let argument = Unmanaged.passRetained(self)
        let result = start(downloadCompleted, argument.toOpaque())
        if result != 0 {
            argument.release()
        } else {
            for block in blocks { lend(UnsafeMutableRawPointer(bitPattern: block), handle) }
        }
        return result
    }

    private func lend(_ block: UnsafeMutableRawPointer?, _ handle: Connection.Handle) {
        guard let block else { return }
        let result = globus_ftp_client_register_read(
            handle, block.assumingMemoryBound(to: globus_byte_t.self), blockBytes, downloadedBlock,
            Unmanaged.passUnretained(self).toOpaque())
        // The transfer has ended meanwhile: nothing more to read.
        _ = FTPFailure(result: result)
    }

    fileprivate func arrived(
        _ bytes: UnsafeMutableRawPointer, _ count: Int, at offset: Int64, _ handle: Connection.Handle, isLast: Bool,
        failed: Bool
    ) {
        moved()
        guard !failed else { return }
        guard count > 0 else {
            if !isLast { lend(bytes, handle) }
            return
        }
        let piece = Piece(block: UInt(bitPattern: bytes), count: count, offset: offset)
        let isKept = state.withLock { state in
            state.hasReceived = true
            if isLast, state.last == nil {
                state.last = piece
                return true
            }
            state.writing += 1
            return false
        }
        guard !isKept else { return }
        let raw = (block: UInt(bitPattern: bytes), handle: UInt(bitPattern: handle))
        startTask { [self] in
            do {
                try await blocking.run { [self] in
                    guard let block = UnsafeMutableRawPointer(bitPattern: raw.block),
                        let handle = Connection.Handle(bitPattern: raw.handle)
                    else { return }
                    try sink(UnsafeRawBufferPointer(start: block, count: count), offset)
                    if !isLast, !call.isOver { lend(block, handle) }
                }
            } catch {
                state.withLock { state in
                    if state.problem == nil { state.problem = MADError.wrapping(error) }
                }
                try? await blocking.run { [self] in
                    if !call.isOver, let handle = Connection.Handle(bitPattern: raw.handle) {
                        _ = globus_ftp_client_abort(handle)
                    }
                }
            }
            settle { $0.writing -= 1 }
        }
    }

    fileprivate func completed(_ failure: FTPFailure?) {
        settle { $0.end = .some(failure) }
    }

    /// The call is over when the library has said so and the last block has been handed on.
    private func settle(_ change: (inout State) -> Void) {
        let end = state.withLock { state -> FTPFailure?? in
            change(&state)
            return state.writing == 0 ? state.end : nil
        }
        if case .some(let failure) = end { call.finish(failure) }
    }
}

private func downloadedBlock(
    _ argument: UnsafeMutableRawPointer?, _ handle: UnsafeMutablePointer<globus_ftp_client_handle_t?>?,
    _ error: UnsafeMutablePointer<globus_object_t>?, _ bytes: UnsafeMutablePointer<globus_byte_t>?,
    _ count: globus_size_t,
    _ offset: globus_off_t, _ isLast: globus_bool_t
) {
    guard let argument, let handle, let bytes else { return }
    Unmanaged<Download>.fromOpaque(argument).takeUnretainedValue()
        .arrived(bytes, Int(count), at: Int64(offset), handle, isLast: isLast != 0, failed: error != nil)
}

private func downloadCompleted(
    _ argument: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<globus_ftp_client_handle_t?>?,
    _ error: UnsafeMutablePointer<globus_object_t>?
) {
    guard let argument else { return }
    Unmanaged<Download>.fromOpaque(argument).takeRetainedValue().completed(FTPFailure(error))
}
