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

    private static func output(of command: String) throws -> String {
        guard let pipe = popen("exec </dev/null; " + command, "re") else { throw POSIXError(.EIO) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { output += buffer[..<count] }
        let status = pclose(pipe)
        guard status == 0 else { throw Failure(command: command, status: status) }
        return String(decoding: output, as: UTF8.self)
    }

    /// A command did not succeed.
    package struct Failure: Error, CustomStringConvertible {
        let command: String
        let status: Int32
        package var description: String { "\(command): wait status \(status)" }
    }
}
