import Foundation

/// A run of a command-line program of this package, whose messages are complete once it has ended.
package final class Tool: Sendable {
    private let talk: Talk
    private let directory: TemporaryDirectory
    private static let messages = "messages"

    /// Starts `program`. Its stderr goes to a file, which `exec` keeps from costing a process.
    package init(_ program: String, _ start: Talk.Start) throws {
        directory = try TemporaryDirectory()
        var start = start
        let script = "exec \"$0\" \"$@\" 2>'\(directory.path)/\(Tool.messages)'"
        start.arguments = ["-c", script, Talk.executable(program).path] + start.arguments
        talk = try Talk("/bin/sh", start)
    }

    /// The process's number.
    package var pid: Int32 { talk.pid }

    /// The lines of its stdout so far.
    package var output: [String] { talk.transcript }

    /// What it wrote to stderr so far.
    package var messages: String { (try? directory.read(Tool.messages)) ?? "" }

    /// Waits until stderr holds `text`, for `limit` at most.
    package func wait(for text: String, within limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        while !messages.contains(text), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Waits for its end and returns the exit status; 128 + signal when a signal ended it.
    package func finish(within limit: Duration = .seconds(35)) async throws -> Int32 {
        try await talk.finish(within: limit)
    }

    /// Sends a signal.
    package func signal(_ number: Int32) { talk.signal(number) }
}
