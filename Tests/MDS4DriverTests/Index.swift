import Foundation
import TestSupport
import Testing

/// An index service of its own for a test, and drivers that ask it.
struct Index {
    let grid: Testbed
    let container: WebServicesContainer
    /// The installation of the drivers.
    let directory: TemporaryDirectory

    /// Starts a container; `switches` as in Tests/Fixtures/wsgram/switches.py.
    init(gt: String = "4.0", _ switches: String? = nil, options: [String] = []) async throws {
        grid = try await Testbed.shared()
        container = try await WebServicesContainer(gt: gt, on: grid, options: options)
        directory = try TemporaryDirectory()
        if let switches { try await container.set(switches) }
    }

    /// The name of the host in the addresses of the container.
    var host: String { container.host }

    /// A driver behind INIT that looks for indexes at the container's port.
    func driver(_ arguments: String..., environment: [String: String] = [:]) async throws -> Talk {
        var variables = [
            "GW_LOCATION": directory.path, "HOME": directory.path, "X509_CERT_DIR": grid["X509_CERT_DIR"],
            "X509_USER_PROXY": "\(directory.path)/no-proxy",
        ]
        variables.merge(environment) { $1 }
        let talk = try Talk(
            "gw_im_mad_mds4", .init(["-p", container.port] + arguments, environment: variables, directory: "/"))
        #expect(try await talk.ask("INIT - - -") == "INIT - SUCCESS -")
        return talk
    }

    /// What a driver says of the host.
    func monitor(_ talk: Talk, _ name: String? = nil) async throws -> String {
        try await talk.ask("MONITOR 4 \(name ?? host) -")
    }

    /// The same, of which gwd must be able to read every word.
    func attributes(_ talk: Talk, _ name: String? = nil) async throws -> GWDAttributes {
        let reply = try await monitor(talk, name)
        let start = "MONITOR 4 SUCCESS "
        try #require(reply.hasPrefix(start), "\(reply)")
        let attributes = GWDAttributes(String(reply.dropFirst(start.count)))
        #expect(attributes.complaints == [])
        return attributes
    }

    /// A captured answer.
    static func fixture(_ name: String) -> String { "\(Testbed.root.path)/Tests/Fixtures/wsrf/\(name)" }

    /// The switches that give the captured answer to each query.
    static func answering(with fixture: String) -> String {
        "{\"rules\": [{\"on\": \"QueryResourceProperties\", \"do\": \"answer\", \"file\": \"\(Index.fixture(fixture))\"}]}"
    }
}
