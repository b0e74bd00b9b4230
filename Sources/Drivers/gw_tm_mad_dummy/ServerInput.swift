import Glibc
import MADKit

/// What the GASS server's process is told, written by a thread of its own: requests never wait for a server that is slow
/// to read, and a new process gets all grants at once, more than a pipe holds.
final class ServerInput: Sendable {
    private enum Step: Sendable {
        case open(Int32)
        case line(String)
        case close
    }

    private let steps = Monitor<[Step]>([])
    private let thread = BlockingPool(limit: 1)

    init() {
        let steps = steps
        thread.start { ServerInput.work(on: steps) }
    }

    /// A new process reads from `descriptor`, which is closed here.
    func open(_ descriptor: Int32) { add(.open(descriptor)) }

    /// One line for the process, if there is one.
    func send(_ line: String) { add(.line(line)) }

    /// The process is gone or shall go.
    func close() { add(.close) }

    private func add(_ step: Step) {
        steps.withLock { $0.append(step) }
        steps.wakeAll()
    }

    private static func work(on steps: Monitor<[Step]>) -> Never {
        var descriptor: Int32 = -1
        while true {
            let next = steps.waitUntil { steps -> [Step]? in
                defer { steps = [] }
                return steps.isEmpty ? nil : steps
            }
            for step in next {
                switch step {
                case .open(let new): descriptor = new
                case .line(let line): if descriptor >= 0 { write(line, to: descriptor) }
                case .close:
                    if descriptor >= 0 { Glibc.close(descriptor) }
                    descriptor = -1
                }
            }
        }
    }

    /// What a process that died did not read, its successor is told.
    private static func write(_ line: String, to descriptor: Int32) {
        let bytes = Array(line.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            done += count
        }
    }
}
