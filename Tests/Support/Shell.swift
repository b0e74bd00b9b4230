import CPosix
import Foundation

/// Commands that tests need run, without Foundation's `Process`, which loses track of their end when many run at once.
package enum Shell {
    /// Runs a command on a thread that may block and returns what it prints; its stderr is the test's.
    @discardableResult
    package static func run(_ command: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try output(of: command) }) }
        }
    }

    /// Signals are as in a fresh process: Globus blocks most of them in threads of this one, and a child that inherited
    /// that could not even be ended by timeout(1).
    private static func output(of command: String) throws -> String {
        var ends: [Int32] = [-1, -1]
        guard mad_pipe(&ends, 0) == 0 else { throw POSIXError(.EIO) }
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(command), nil]
        defer { arguments.forEach { free($0) } }
        var child: Int32 = 0
        let code = mad_spawn(&child, "/bin/sh", &arguments, environ, [nothing, ends[1], -1], nil, 0)
        close(nothing)
        close(ends[1])
        defer { close(ends[0]) }
        guard code == 0 else { throw Failure(command: command, status: code, output: []) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 { output += buffer[..<count] }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw Failure(command: command, status: status, output: output) }
        return String(decoding: output, as: UTF8.self)
    }

    /// A command did not succeed.
    package struct Failure: Error, CustomStringConvertible {
        let command: String
        let status: Int32
        let output: [UInt8]
        package var description: String {
            "\(command): wait status \(status), after \(String(decoding: output.suffix(1_000), as: UTF8.self))"
        }
    }
}
