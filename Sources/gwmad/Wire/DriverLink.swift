import Glibc
import MADKit

/// The line to one running driver: what was asked, what was answered, and what it said on its own.
final class DriverLink {
    let driver: DriverSpec
    let process: ChildProcess
    /// What it added to the answer of INIT; from a transfer driver, the URL that jobs stage from.
    var initialInfo: String?
    /// Bytes that the driver has not taken yet.
    private(set) var outbox: [UInt8] = []
    /// CALLBACK lines nobody has looked at.
    private var news: [WireReply] = []
    private var unanswered: Set<WireRequest.Key> = []
    private var answers: [WireRequest.Key: WireReply] = [:]
    /// A line in the place of INIT's answer: gwd takes the first line for it, whatever it is.
    private var strayLine: String?
    /// A longer line is cut off, so that no driver can fill the memory.
    private var splitter = LineSplitter(limit: 1 << 20)
    private var errorSplitter = LineSplitter(limit: 4096)
    private var lastErrors: [String] = []
    /// False once its stdout is closed.
    private(set) var isOpen = true
    private(set) var hasErrors = true
    /// When the driver last said something.
    private(set) var lastHeard = ContinuousClock.now
    /// When it was last asked something.
    private(set) var lastSent = ContinuousClock.now
    private var isFinalized = false
    /// True once it answered FAILURE to INIT; such a driver ends by itself, with a status that tells why.
    private(set) var hasRefused = false

    private let console: Console
    private let record: WireRecord?
    private let limits: GWDLimits

    /// - Parameter directory: where the driver runs, if not in the working directory of this process.
    init(
        _ driver: DriverSpec, path: String, directory: String?, console: Console, record: WireRecord?, limits: GWDLimits
    ) throws(Failure) {
        self.driver = driver
        self.console = console
        self.record = record
        self.limits = limits
        process = try ChildProcess.start(path, driver, in: directory)
        let words = ([path] + driver.argumentWords).map { "'\($0)'" }.joined(separator: ", ")
        record?.record(driver, .note, "argv=[\(words)] pid=\(process.pid)".utf8)
    }

    // MARK: Asking

    /// Queues a request.
    func send(_ request: WireRequest) {
        answers[request.key] = nil
        lastSent = .now
        unanswered.insert(request.key)
        if request.key.verb == "FINALIZE" { isFinalized = true }
        record?.record(driver, .request, request.line.utf8)
        console.wire(driver, ">", request.line)
        outbox += request.line.utf8
        outbox.append(0x0A)
    }

    /// The answer to a request, once; `nil` as long as there is none.
    func take(_ key: WireRequest.Key) -> WireReply? { answers.removeValue(forKey: key) }

    /// True while the driver owes an answer.
    func owes(_ key: WireRequest.Key) -> Bool { unanswered.contains(key) }

    /// The oldest CALLBACK nobody has taken yet.
    func takeNews() -> WireReply? { news.isEmpty ? nil : news.removeFirst() }

    /// What the driver said before it answered INIT.
    func takeStrayLine() -> String? {
        defer { strayLine = nil }
        return strayLine
    }

    /// The last lines of its stderr, as an addition to a message.
    var complaints: String {
        lastErrors.isEmpty ? "" : "\n  its stderr: " + lastErrors.joined(separator: "\n              ")
    }

    // MARK: The wire

    /// Writes what the driver can take now.
    func flush() {
        let count = outbox.withUnsafeBytes { write(process.input, $0.baseAddress, $0.count) }
        if count > 0 {
            outbox.removeFirst(count)
        } else if count < 0, errno != EAGAIN, errno != EINTR {
            // gwd ignores write errors too: the loss shows as the end of the driver's stdout.
            outbox = []
        }
    }

    /// Reads what there is.
    func receive() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(process.output, &buffer, buffer.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else {
            isOpen = false
            // Original drivers write a line and its newline separately, and gwd closes the pipe in between.
            splitter.end { rest in
                if !isFinalized { defect("its last line lacks a newline: '\(WireReply.excerpt(rest.bytes))'") }
            }
            return
        }
        lastHeard = .now
        buffer.withUnsafeBytes { bytes in
            splitter.take(UnsafeRawBufferPointer(rebasing: bytes[..<count])) { take(line: $0.bytes) }
        }
    }

    /// Reads stderr.
    func receiveErrors() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(process.errors, &buffer, buffer.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else {
            hasErrors = false
            return
        }
        buffer.withUnsafeBytes { bytes in
            errorSplitter.take(UnsafeRawBufferPointer(rebasing: bytes[..<count])) { line in
                let text = Info(String(decoding: line.bytes, as: UTF8.self)).text
                lastErrors = lastErrors.suffix(4) + [text]
                console.wire(driver, "2", text)
            }
        }
    }

    private func take(line: UnsafeRawBufferPointer) {
        record?.record(driver, .reply, line)
        console.wire(driver, "<", String(decoding: line, as: UTF8.self))
        let (reply, defects) = WireReply.read(line, from: driver.kind, limits: limits)
        if unanswered.contains(WireRequest.initialize(driver.kind).key), reply?.key.verb != "INIT", strayLine == nil {
            strayLine = WireReply.excerpt(line)
        }
        defects.forEach(defect)
        guard let reply else { return }
        switch reply.key.verb {
        case "CALLBACK":
            let submission = WireRequest.Key(verb: "SUBMIT", number: reply.key.number, transfer: nil)
            if unanswered.contains(submission) {
                defect("a CALLBACK before the answer to SUBMIT sets the job back in gwd")
            }
            news.append(reply)
        case "TIMER", "REFRESH": break
        case "INIT" where unanswered.remove(WireRequest.initialize(driver.kind).key) != nil:
            hasRefused = !reply.isSuccess
            answers[WireRequest.initialize(driver.kind).key] = reply
        default:
            guard unanswered.remove(reply.key) != nil else {
                defect("'\(WireReply.excerpt(line))' answers nothing that was asked")
                return
            }
            answers[reply.key] = reply
        }
    }

    /// Tells of something gwd would trip over.
    func defect(_ text: String) {
        record?.record(driver, .note, "defect: \(text)".utf8)
        console.defect(driver, text)
    }
}
