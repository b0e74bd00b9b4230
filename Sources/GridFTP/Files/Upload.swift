internal import CGridFTP
import Glibc
import MADKit
import Synchronization

/// A local file on its way to a server.
///
/// Blocks leave in the order of the file, because the one that ends it must be the last; a block is read when a buffer
/// is free, on a thread that may wait for a disk.
final class Upload: Sendable {
    private static let blockBytes = 1 << 18

    /// A buffer of the file, lent to the library and back. `@unchecked Sendable`: it has one holder at a time.
    private final class Block: @unchecked Sendable {
        let bytes: UnsafeMutableRawPointer
        init(_ count: Int) { bytes = .allocate(byteCount: count, alignment: 16) }
        deinit { bytes.deallocate() }
    }

    private struct State {
        var free: [Block] = []
        var lent: [UInt: Block] = [:]
        var offset: Int64 = 0
        var isReading = false
        var isOver = false
        var problem: MADError?
        var hasSent = false
    }

    let call: Call
    private let file: LocalSource
    private let blocking: BlockingPool
    private let moved: @Sendable () -> Void
    private let state: Mutex<State>
    private let blockBytes: Int

    init(
        _ file: LocalSource, streams: Int, over connection: Connection, blocking: BlockingPool,
        moved: @escaping @Sendable () -> Void
    ) {
        call = Call(keeping: connection)
        self.file = file
        self.blocking = blocking
        self.moved = moved
        let size = Int(clamping: file.size)
        let blockBytes = max(1, min(Self.blockBytes, size))
        self.blockBytes = blockBytes
        let count = max(1, min(2 * streams + 2, (size + blockBytes - 1) / blockBytes))
        state = Mutex(State(free: (0..<count).map { _ in Block(blockBytes) }))
    }

    /// What went wrong on this side, if anything.
    var problem: MADError? { state.withLock { $0.problem } }

    /// True when the library took a block and gave it back.
    var hasSent: Bool { state.withLock { $0.hasSent } }

    /// Starts the transfer with the part of the file that has been read already.
    func start(_ url: String, _ handle: Connection.Handle, _ attributes: Connection.Attributes) -> globus_result_t {
        let argument = Unmanaged.passRetained(self)
        let result = globus_ftp_client_put(handle, url, attributes, nil, uploadCompleted, argument.toOpaque())
        guard result == 0 else {
            argument.release()
            return result
        }
        guard let (block, _) = next() else { return 0 }
        let count = min(file.head.count, blockBytes)
        file.head.withUnsafeBytes {
            block.bytes.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(block.bytes), byteCount: count)
        }
        let isLast = Int64(count) >= file.size
        send(block, count, at: 0, isLast: isLast, handle)
        if !isLast { sendMore(handle) }
        return 0
    }

    private func send(_ block: Block, _ count: Int, at offset: Int64, isLast: Bool, _ handle: Connection.Handle) {
        state.withLock { state in
            state.lent[UInt(bitPattern: block.bytes)] = block
            state.offset = offset + Int64(count)
            if isLast { state.isOver = true }
        }
        let result = globus_ftp_client_register_write(
            handle, block.bytes.assumingMemoryBound(to: globus_byte_t.self), count, offset, isLast ? 1 : 0,
            uploadedBlock, Unmanaged.passUnretained(self).toOpaque())
        // The completion callback tells why.
        if FTPFailure(result: result) != nil { state.withLock { $0.isOver = true } }
    }

    /// Goes on from a thread that may wait for a disk.
    private func sendMore(_ handle: Connection.Handle) {
        let address = UInt(bitPattern: handle)
        startTask { [self] in
            try? await blocking.run { [self] in
                if !call.isOver, let handle = Connection.Handle(bitPattern: address) { readAndSend(handle) }
            }
        }
    }

    /// Reads and sends until no buffer is free.
    private func readAndSend(_ handle: Connection.Handle) {
        let isFirst = state.withLock { state in
            defer { state.isReading = true }
            return !state.isReading
        }
        guard isFirst else { return }
        while let (block, offset) = next() {
            do {
                let count = try file.read(
                    into: UnsafeMutableRawBufferPointer(start: block.bytes, count: blockBytes), at: offset)
                if count < blockBytes { try file.check(wasReadTo: offset + Int64(count)) }
                let isLast = offset + Int64(count) >= file.size
                send(block, count, at: offset, isLast: isLast, handle)
            } catch {
                state.withLock { state in
                    state.problem = MADError.wrapping(error)
                    state.isOver = true
                }
                _ = globus_ftp_client_abort(handle)
            }
        }
    }

    /// A free buffer and where its bytes belong; `nil` when reading has to pause or is over.
    private func next() -> (Block, Int64)? {
        state.withLock { state in
            guard !state.isOver, let block = state.free.popLast() else {
                state.isReading = false
                return nil
            }
            return (block, state.offset)
        }
    }

    fileprivate func returned(_ bytes: UnsafeMutableRawPointer, _ handle: Connection.Handle, failed: Bool) {
        moved()
        let key = UInt(bitPattern: bytes)
        let mustRead = state.withLock { state -> Bool in
            guard let block = state.lent.removeValue(forKey: key) else { return false }
            state.free.append(block)
            if !failed { state.hasSent = true }
            if failed { state.isOver = true }
            return !state.isOver && !state.isReading
        }
        if mustRead { sendMore(handle) }
    }
}

private func uploadedBlock(
    _ argument: UnsafeMutableRawPointer?, _ handle: UnsafeMutablePointer<globus_ftp_client_handle_t?>?,
    _ error: UnsafeMutablePointer<globus_object_t>?, _ bytes: UnsafeMutablePointer<globus_byte_t>?,
    _ count: globus_size_t,
    _ offset: globus_off_t, _ isLast: globus_bool_t
) {
    guard let argument, let handle, let bytes else { return }
    Unmanaged<Upload>.fromOpaque(argument).takeUnretainedValue().returned(bytes, handle, failed: error != nil)
}

private func uploadCompleted(
    _ argument: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<globus_ftp_client_handle_t?>?,
    _ error: UnsafeMutablePointer<globus_object_t>?
) {
    guard let argument else { return }
    Unmanaged<Upload>.fromOpaque(argument).takeRetainedValue().call.finish(FTPFailure(error))
}
