import Foundation

/// An LDAP server of its own, which `scripts/directory` fills and starts, and which ends with the test.
package final class DirectoryServer: Sendable {
    private let script: Talk
    /// Where it answers: a loopback address and a port.
    package let address: String
    /// The address alone.
    package var host: String { String(address.prefix { $0 != ":" }) }
    /// The port alone.
    package var port: String { String(address.drop { $0 != ":" }.dropFirst()) }

    /// Starts a server and waits until it answers.
    /// - Parameters:
    ///   - sources: LDIF files, or `SCHEMA:HOSTSxQUEUES[:SEED]` with the schemas mds2, glue1 and glue2.
    ///   - options: further options of `scripts/directory`, such as `--set` and `sizelimit 10`.
    package init(_ sources: String..., options: [String] = []) async throws {
        script = try Talk("\(Testbed.root.path)/scripts/directory", .init(options + sources))
        address = try await script.hear(within: .seconds(120))
    }

    /// Ends the server; what it held is gone.
    package func stop() async throws {
        script.closeInput()
        _ = try await script.finish()
    }

    // `Talk` kills what it lets go of, and with it whoever would end the server.
    deinit {
        script.closeInput()
        Task.detached { [script] in _ = try? await script.finish() }
    }

    /// The LDIF text of hosts that `scripts/directory` would serve.
    package static func text(_ source: String) async throws -> String {
        try await Shell.run("'\(Testbed.root.path)/scripts/directory' --write /dev/stdout \(source)")
    }
}
