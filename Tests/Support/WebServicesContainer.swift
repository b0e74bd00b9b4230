import Foundation

/// A container of web services of its own, which ends with the test: WS-GRAM, delegation and MDS4 as GT 4.0 or GT 4.2
/// speak them. It has the certificates, users and job account of the test grid. See `Tests/Fixtures/wsgram`.
package final class WebServicesContainer: Sendable {
    private let script: Talk
    private let certificates: String
    /// Where it answers, `HOST:PORT`.
    package let address: String
    /// The name in its certificate.
    package var host: String { String(address.prefix { $0 != ":" }) }
    /// The port alone.
    package var port: String { String(address.drop { $0 != ":" }.dropFirst()) }

    /// Starts a container and waits until it answers.
    /// - Parameters:
    ///   - gt: the dialect, `4.0` or `4.2`.
    ///   - options: further options of `container.py`, such as `--record` and a directory.
    package init(gt: String, on grid: Testbed, options: [String] = []) async throws {
        let place = grid["TESTBED_DIR"]
        script = try Talk(
            "\(Testbed.root.path)/Tests/Fixtures/wsgram/container.py",
            .init(
                [
                    "--gt", gt, "--host", grid["GLOBUS_HOSTNAME"], "--cert", "\(place)/users/host-cert.pem",
                    "--key", "\(place)/users/host-key.pem", "--ca-dir", grid["X509_CERT_DIR"],
                    "--gridmap", "\(place)/etc/grid-mapfile", "--control",
                ] + options))
        certificates = grid["X509_CERT_DIR"]
        address = try await script.hear(within: .seconds(60))
    }

    /// Sets switches; see `switches.py` for what there is.
    package func set(_ switches: String) async throws {
        try await Shell.run(
            "curl -sS --fail --capath '\(certificates)' -H Expect: --data-binary @- 'https://\(address)/control' >/dev/null <<'X'\n"
                + switches + "\nX")
    }

    /// How often each operation was asked for, and further counters: `handshake`, `expect`, `notification 200`.
    package func counts() async throws -> [String: Int] {
        let text = try await Shell.run("curl -sS --fail --capath '\(certificates)' 'https://\(address)/control'")
        return try JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
    }

    /// Ends the container and its jobs.
    package func stop() async throws {
        script.closeInput()
        _ = try await script.finish()
    }

    // `Talk` kills what it lets go of, and the container would not end its jobs.
    deinit {
        script.closeInput()
        Task.detached { [script] in _ = try? await script.finish() }
    }
}
