import CPosix
import Foundation
import Glibc
import Synchronization

/// A conversation with a real driver process: what gwd would say, and what it would hear.
package final class Talk: Sendable {
    /// How a process is started.
    package struct Start: Sendable {
        /// The elements of argv behind the program's name.
        package var arguments: [String] = []
        /// Variables set on top of, or instead of, those of the test.
        package var environment: [String: String] = [:]
        /// Variables taken away.
        package var without: [String] = []
        /// Where the process runs.
        package var directory: String?
        /// True to start it as gwd's threads do: with every signal blocked.
        package var blocksSignals = false
        /// True to leave its stdout unread until ``Talk/startReading()``.
        package var staysUnread = false

        package init(
            _ arguments: [String] = [], environment: [String: String] = [:], without: [String] = [],
            directory: String? = nil, blocksSignals: Bool = false, staysUnread: Bool = false
        ) {
            self.staysUnread = staysUnread
            self.blocksSignals = blocksSignals
            self.arguments = arguments
            self.environment = environment
            self.without = without
            self.directory = directory
        }
    }

    /// What went wrong in a conversation.
    package enum Failure: Error, CustomStringConvertible {
        case silent(program: String, heard: [String], complaints: String)
        case ended(program: String, heard: [String], complaints: String)
        case stillRunning(program: String)

        package var description: String {
            switch self {
            case .silent(let program, let heard, let complaints):
                "\(program) said nothing more after \(heard); stderr: \(complaints)"
            case .ended(let program, let heard, let complaints):
                "\(program) ended after \(heard); stderr: \(complaints)"
            case .stillRunning(let program): "\(program) is still running"
            }
        }
    }

    private struct State {
        var lines: [String] = []
        var all: [String] = []
        var rest: [UInt8] = []
        var isEnded = false
        var complaints: [UInt8] = []
        var areComplaintsEnded = false
        var status: Int32?
        var input: Int32
    }

    private let program: String
    private let state: Mutex<State>
    private let output: Int32
    private let errors: Int32
    /// The process's number.
    package let pid: Int32

    /// Starts `program`, an executable of this package or an absolute path.
    package init(_ program: String, _ start: Start = Start()) throws {
        self.program = program
        let input = try Talk.pipe()
        let output = try Talk.pipe()
        let errors = try Talk.pipe()
        state = Mutex(State(input: input.write))

        var variables = ProcessInfo.processInfo.environment.merging(start.environment) { $1 }
        for name in start.without { variables[name] = nil }
        let path = program.hasPrefix("/") ? program : Talk.executable(program).path
        var arguments = ([path] + start.arguments).map { strdup($0) } + [nil]
        var environment = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { (arguments + environment).forEach { free($0) } }
        var child = pid_t()
        let code = mad_spawn(
            &child, path, &arguments, &environment, [input.read, output.write, errors.write], start.directory,
            start.blocksSignals ? MAD_BLOCK_SIGNALS.rawValue : 0)
        for end in [input.read, output.write, errors.write] { close(end) }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        pid = child

        self.output = output.read
        self.errors = errors.read
        if !start.staysUnread { startReading() }
        followComplaints()
    }

    deinit {
        if poll() == nil {
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        closeInput()
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard mad_pipe(&ends, 0) == 0 else { throw POSIXError(.EMFILE) }
        return (ends[0], ends[1])
    }

    /// Reads a descriptor to its end on a thread of its own; an empty array is the end.
    private static func follow(_ descriptor: Int32, _ body: @escaping @Sendable ([UInt8]) -> Void) {
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                body(Array(buffer.prefix(max(0, count))))
                if count <= 0 { break }
            }
            close(descriptor)
        }
    }

    /// Reads stderr whenever there is something.
    private func followComplaints() {
        _ = fcntl(errors, F_SETFL, O_NONBLOCK)
        Thread.detachNewThread { [weak self, errors] in
            var isEnded = false
            while !isEnded {
                var wanted = pollfd(fd: errors, events: Int16(POLLIN), revents: 0)
                _ = Glibc.poll(&wanted, 1, -1)
                isEnded = self?.takeComplaints().isEnded ?? true
            }
            close(errors)
        }
    }

    /// Takes what the process has written to stderr by now, and gives all of it so far.
    @discardableResult
    private func takeComplaints() -> (text: String, isEnded: Bool) {
        state.withLock { state in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while !state.areComplaintsEnded {
                let count = read(errors, &buffer, buffer.count)
                if count < 0 { break }
                state.complaints += buffer[..<count]
                state.areComplaintsEnded = count == 0
            }
            return (String(decoding: state.complaints, as: UTF8.self), state.areComplaintsEnded)
        }
    }

    private func take(_ bytes: [UInt8]) {
        state.withLock { state in
            if bytes.isEmpty { state.isEnded = true }
            state.rest += bytes
            while let newline = state.rest.firstIndex(of: 0x0A) {
                let line = String(decoding: state.rest[..<newline], as: UTF8.self)
                state.rest.removeFirst(newline + 1)
                state.lines.append(line)
                state.all.append(line)
            }
        }
    }

    /// The wait status once the process has ended.
    private func poll() -> Int32? {
        state.withLock { state in
            if state.status == nil {
                var status: Int32 = 0
                if waitpid(pid, &status, WNOHANG) == pid { state.status = status }
            }
            return state.status
        }
    }

    /// Where the build put an executable of this package.
    package static func executable(_ name: String) -> URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent(name)
    }

    /// What the process has written to stderr so far: all that came before the line heard last.
    package var complaints: String { takeComplaints().text }

    /// Every line heard so far, also those already taken by ``hear(within:)``.
    package var transcript: [String] { state.withLock { $0.all } }

    /// Begins to read the process's stdout.
    package func startReading() {
        Talk.follow(output) { [weak self] bytes in self?.take(bytes) }
    }

    /// Sends bytes from a thread that may block; returns once the process has taken them all.
    package func sendPatiently(_ bytes: [UInt8]) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                send(bytes)
                continuation.resume()
            }
        }
    }

    /// Sends a line.
    package func say(_ line: String) {
        send(Array((line + "\n").utf8))
    }

    /// Sends bytes as they are.
    package func send(_ bytes: [UInt8]) {
        let input = state.withLock { $0.input }
        var offset = 0
        while input >= 0, offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            offset += count
        }
    }

    /// Closes the process's stdin.
    package func closeInput() {
        state.withLock { state in
            if state.input >= 0 { close(state.input) }
            state.input = -1
        }
    }

    /// The next line not taken yet.
    package func hear(within limit: Duration = .seconds(30)) async throws -> String {
        try await hear(within: limit) { _ in true }
    }

    /// Takes the first line that begins with `prefix`; other lines stay.
    package func hear(_ prefix: String, within limit: Duration = .seconds(30)) async throws -> String {
        try await hear(within: limit) { $0.hasPrefix(prefix) }
    }

    /// Takes the first line for which `condition` is true; other lines stay.
    package func hear(within limit: Duration, where condition: @Sendable (String) -> Bool) async throws -> String {
        let deadline = ContinuousClock.now + limit
        while true {
            let (line, isEnded) = state.withLock { state -> (String?, Bool) in
                guard let index = state.lines.firstIndex(where: condition) else { return (nil, state.isEnded) }
                return (state.lines.remove(at: index), false)
            }
            if let line { return line }
            if isEnded { throw Failure.ended(program: program, heard: transcript, complaints: complaints) }
            if ContinuousClock.now > deadline {
                throw Failure.silent(program: program, heard: transcript, complaints: complaints)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Waits until stderr holds `part`.
    package func hearComplaint(_ part: String, within limit: Duration = .seconds(30)) async throws {
        let deadline = ContinuousClock.now + limit
        while !complaints.contains(part) {
            if ContinuousClock.now > deadline {
                throw Failure.silent(program: program, heard: transcript, complaints: complaints)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Sends a line and returns the next one heard.
    package func ask(_ line: String, within limit: Duration = .seconds(30)) async throws -> String {
        say(line)
        return try await hear(within: limit)
    }

    /// Waits for the process to end and returns its exit status; 128 + signal when a signal ended it.
    package func finish(within limit: Duration = .seconds(35)) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while true {
            if let status = poll() {
                // What it said last may still be on its way. A grandchild may keep stderr open, so that is not waited for long.
                let grace = min(deadline, ContinuousClock.now + .seconds(2))
                while !state.withLock({ $0.areComplaintsEnded }), ContinuousClock.now < grace {
                    try await Task.sleep(for: .milliseconds(2))
                }
                while !state.withLock({ $0.isEnded }), ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(2))
                }
                return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
            }
            if ContinuousClock.now > deadline { throw Failure.stillRunning(program: program) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Sends a signal.
    package func signal(_ number: Int32) {
        kill(pid, number)
    }
}
