import Glibc

/// Sends whole lines to gwd, in the order of the calls, without ever making a caller wait.
///
/// Callers append to a queue in memory; one thread writes it out. A gwd that does not read for a while thus stops
/// nobody: neither the reader of its requests nor the work in progress. Its buffer grows instead, by one line a request.
/// A line that comes by itself is written by its caller when the pipe is sure to have room for it: that saves waking the
/// thread, which takes longer than the write.
final class LineWriter: Sendable {
    /// A line this long after the one before it comes by itself. In a flood the thread writes many at once, which is faster.
    private static let lull = Duration.microseconds(50)
    /// What a pipe that can be written to takes at once (POSIX's PIPE_BUF as Linux has it).
    private static let sureBytes = 4096

    private struct State {
        var pending: [UInt8] = []
        var lines = 0
        var isWriting = false
        var isBroken = false
        var isAsleep = false
        /// When the last line came.
        var latest = Instant(nanoseconds: 0)
    }

    private let state = Monitor(State())
    private let descriptor: Int32
    private let isPipe: Bool
    private let trace: WireTrace?
    private let onBreak: @Sendable () -> Void

    /// - Parameters:
    ///   - descriptor: where lines go; owned by the caller, never switched to non-blocking.
    ///   - onBreak: called once, on the writing thread, when nobody reads any more (EPIPE) or the write fails otherwise.
    init(descriptor: Int32, trace: WireTrace? = nil, onBreak: @escaping @Sendable () -> Void) {
        self.descriptor = descriptor
        isPipe = LineWriter.isPipe(descriptor)
        self.trace = trace
        self.onBreak = onBreak
        Thread.start { [self] in run() }
    }

    /// Queues one line; `build` appends its bytes without the newline.
    func write(_ build: (inout [UInt8]) -> Void) {
        let mustWake = state.withLock { state -> Bool in
            guard !state.isBroken else { return false }
            build(&state.pending)
            state.pending.append(0x0A)
            state.lines += 1
            guard !writeAtOnce(&state) else { return false }
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake { state.wakeAll() }
    }

    /// Writes what is pending if that is one line by itself, the thread is asleep, and the write cannot block. What fails
    /// is left to the thread.
    private func writeAtOnce(_ state: inout State) -> Bool {
        let now = Instant.now
        defer { state.latest = now }
        guard isPipe, trace == nil, state.isAsleep, state.latest + LineWriter.lull < now,
            state.pending.count <= LineWriter.sureBytes
        else { return false }
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, 0) == 1, entry.revents == Int16(POLLOUT) else { return false }
        let count = state.pending.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count == state.pending.count else { return false }
        state.pending.removeAll(keepingCapacity: true)
        state.lines = 0
        return true
    }

    private static func isPipe(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// Waits until everything queued so far is written. False when `deadline` came first or nobody reads any more.
    func flush(until deadline: Instant) -> Bool {
        state.wait(until: deadline) { state in
            if state.isBroken { return false }
            return state.pending.isEmpty && !state.isWriting ? true : nil
        } ?? false
    }

    private func run() {
        var batch: [UInt8] = []
        var lines = 0
        while true {
            state.waitUntil { state -> Void? in
                state.isAsleep = state.pending.isEmpty
                return state.isAsleep ? nil : ()
            }
            // In a flood the work goes first where the two share a processor: then there is more to write at once.
            if lines > 1 { sched_yield() }
            lines = state.withLock { state in
                state.isWriting = true
                swap(&state.pending, &batch)
                defer { state.lines = 0 }
                return state.lines
            }
            record(batch)
            if !writeAll(batch) {
                state.withLock { $0.isBroken = true }
                state.wakeAll()
                onBreak()
                return
            }
            // A burst must not keep its memory for the rest of the driver's life.
            if batch.capacity > 1 << 20 { batch = [] } else { batch.removeAll(keepingCapacity: true) }
            let isDrained = state.withLock { state in
                state.isWriting = false
                return state.pending.isEmpty
            }
            if isDrained { state.wakeAll() }
        }
    }

    private func record(_ batch: [UInt8]) {
        guard let trace else { return }
        for line in batch.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            trace.record(.sent, line)
        }
    }

    private func writeAll(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if count > 0 {
                    offset += count
                } else if errno == EAGAIN {
                    // Somebody else made the shared descriptor non-blocking; wait for room.
                    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&entry, 1, -1)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}
