import Glibc

/// Reads requests as fast as gwd writes them, on a thread that does nothing else.
struct LineReader {
    /// Why reading ended.
    enum Ending: Equatable {
        /// gwd closed the pipe, or it broke.
        case endOfInput
        /// The session saw its last request.
        case finished
        /// Something else ended it.
        case woken(WakeUp.Reason)
    }

    /// The longest request taken, in bytes; gwd's own are far shorter.
    static let longestLine = 65_536

    private let input: Int32
    private let wakeUp: WakeUp

    init(input: Int32, wakeUp: WakeUp) {
        self.input = input
        self.wakeUp = wakeUp
    }

    /// Hands every line to `body` until it returns false, the input ends, or somebody wakes the reader; calls `pause`
    /// before each wait for more.
    func run(_ body: (LineSplitter.Piece) -> Bool, pause: () -> Void) -> Ending {
        defer { pause() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        var splitter = LineSplitter(limit: LineReader.longestLine)
        var isFinished = false
        while true {
            pause()
            var entries = [
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, 2, -1) > 0 else { continue }
            if entries[1].revents != 0, let reason = wakeUp.take() { return .woken(reason) }
            guard entries[0].revents != 0 else { continue }
            let count = read(input, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else {
                splitter.end { if !isFinished { isFinished = !body($0) } }
                return isFinished ? .finished : .endOfInput
            }
            splitter.take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { piece in
                if !isFinished { isFinished = !body(piece) }
            }
            if isFinished { return .finished }
        }
    }
}
