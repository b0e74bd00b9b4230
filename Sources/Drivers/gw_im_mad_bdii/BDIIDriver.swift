import GridInformation
import MADKit

/// Hosts described by a BDII: one server names and describes all of them, in GLUE 1 or GLUE 2.
struct BDIIDriver: InformationDriver {
    private static let schemaOption = Manual.Option(
        nil, "schema", value: "NAME", "the schema to read: glue1 (default) or glue2")

    static let manual = DirectoryOptions.manual(
        "gw_im_mad_bdii", "tells gwd about the hosts that a BDII describes", [schemaOption])

    private let hosts: DirectoryHosts

    init(_ launch: Launch) async throws {
        let options = try DirectoryOptions(launch, port: 2_170, source: .server)
        hosts = try DirectoryHosts(
            launch, options, schema: try BDIIDriver.schema(launch.options[BDIIDriver.schemaOption.name], options))
    }

    private static func schema(_ name: String?, _ options: DirectoryOptions) throws(MADError) -> any DirectorySchema {
        switch name ?? "glue1" {
        case "glue1":
            return GLUE1(.computingElement, options.reading)
        case "glue2":
            return GLUE2(options.reading)
        case let other:
            throw MADError(.invalid, "option --schema: '\(Info(other))' is neither glue1 nor glue2")
        }
    }

    func discover() async throws -> [HostName] { try await hosts.discover() }

    func monitor(_ host: HostName) async throws -> HostAttributes { try await hosts.monitor(host) }
}
