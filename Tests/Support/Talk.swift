import Foundation
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

        package init(
            _ arguments: [String] = [], environment: [String: String] = [:], without: [String] = [],
            directory: String? = nil
        ) {
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
    }

    private let program: String
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private let state = Mutex(State())

    /// Starts `program`, an executable of this package or an absolute path.
    package init(_ program: String, _ start: Start = Start()) throws {
        self.program = program
        process.executableURL = program.hasPrefix("/") ? URL(fileURLWithPath: program) : Talk.executable(program)
        process.arguments = start.arguments
        var environment = ProcessInfo.processInfo.environment.merging(start.environment) { $1 }
        for name in start.without { environment[name] = nil }
        process.environment = environment
        if let directory = start.directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.state.withLock { state in
                if data.isEmpty { state.isEnded = true }
                state.rest += data
                while let newline = state.rest.firstIndex(of: 0x0A) {
                    let line = String(decoding: state.rest[..<newline], as: UTF8.self)
                    state.rest.removeFirst(newline + 1)
                    state.lines.append(line)
                    state.all.append(line)
                }
            }
        }
        errors.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.state.withLock { $0.complaints += data }
        }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Where the build put an executable of this package.
    package static func executable(_ name: String) -> URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent(name)
    }

    /// The process's number.
    package var pid: Int32 { process.processIdentifier }

    /// What the process wrote to stderr so far.
    package var complaints: String { state.withLock { String(decoding: $0.complaints, as: UTF8.self) } }

    /// Every line heard so far, also those already taken by ``hear(within:)``.
    package var transcript: [String] { state.withLock { $0.all } }

    /// Sends a line.
    package func say(_ line: String) {
        send(Array((line + "\n").utf8))
    }

    /// Sends bytes as they are.
    package func send(_ bytes: [UInt8]) {
        try? input.fileHandleForWriting.write(contentsOf: Data(bytes))
    }

    /// Closes the process's stdin.
    package func closeInput() {
        try? input.fileHandleForWriting.close()
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

    /// Sends a line and returns the next one heard.
    package func ask(_ line: String, within limit: Duration = .seconds(30)) async throws -> String {
        say(line)
        return try await hear(within: limit)
    }

    /// Waits for the process to end and returns its exit status; 128 + signal when a signal ended it.
    package func finish(within limit: Duration = .seconds(35)) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while process.isRunning {
            if ContinuousClock.now > deadline { throw Failure.stillRunning(program: program) }
            try await Task.sleep(for: .milliseconds(2))
        }
        while !state.withLock({ $0.isEnded }), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(2))
        }
        return process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
    }

    /// Sends a signal.
    package func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }
}
