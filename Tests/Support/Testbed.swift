import Foundation

/// The test grid of `scripts/testbed`: brought up once per test process, shared by all tests, left to the script to end.
package struct Testbed: Sendable {
    /// The variables that `scripts/testbed env` exports.
    package let variables: [String: String]

    /// The running grid; starts it at first use.
    package static func shared() async throws -> Testbed { try await running.value }

    private static let running = Task.detached {
        _ = try await run(["up"])
        var variables: [String: String] = [:]
        for line in try await run(["env"]).split(separator: "\n") where line.hasPrefix("export ") {
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
    package static func run(_ arguments: [String]) async throws -> String {
        try await Shell.run("'\(root.path)/scripts/testbed' \(arguments.joined(separator: " "))")
    }

    /// The package's own directory.
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
