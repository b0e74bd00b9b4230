import Foundation
import Glibc

/// The test grid of `scripts/testbed`: brought up once per test process, shared by all tests, left to the script to end.
package struct Testbed: Sendable {
    /// The variables that `scripts/testbed env` exports.
    package let variables: [String: String]

    /// The running grid; starts it at first use.
    package static func shared() async throws -> Testbed { try await running.value }

    private static let running = Task.detached {
        _ = try run(["up"])
        var variables: [String: String] = [:]
        for line in try run(["env"]).split(separator: "\n") where line.hasPrefix("export ") {
            let pair = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 {
                variables[pair[0]] = pair[1].trimmingCharacters(in: CharacterSet(charactersIn: "'\""))
            }
        }
        return Testbed(variables: variables)
    }

    /// A variable by its name; tests fail clearly when it is missing.
    package subscript(name: String) -> String { variables[name] ?? "\(name)-is-not-set-by-the-testbed" }

    /// Runs `scripts/testbed` with `arguments` and returns what it prints.
    @discardableResult
    package static func run(_ arguments: [String]) throws -> String {
        // Not Foundation's Process: it can lose track of a child's end while other threads start children.
        let words = [root.appendingPathComponent("scripts/testbed").path] + arguments
        let command = words.map { "'\($0)'" }.joined(separator: " ") + " </dev/null"
        guard let stream = popen(command, "re") else { throw Failure(text: "cannot start \(command)") }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            if count == 0 { break }
            output += buffer.prefix(count)
        }
        let status = pclose(stream)
        guard status == 0 else { throw Failure(text: "\(command): exit \(status >> 8)") }
        return String(decoding: output, as: UTF8.self)
    }

    /// The package's own directory.
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    package struct Failure: Error, CustomStringConvertible {
        let text: String
        package var description: String { text }
    }
}
