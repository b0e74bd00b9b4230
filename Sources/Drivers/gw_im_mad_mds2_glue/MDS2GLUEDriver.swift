import GridInformation
import MADKit

/// Hosts described by MDS 2 servers in the GLUE schema: a server names clusters, the GRIS of each describes it.
struct MDS2GLUEDriver: InformationDriver {
    static let manual = DirectoryOptions.manual(
        "gw_im_mad_mds2_glue", "tells gwd about the hosts that MDS 2 describes in the GLUE schema")

    private let hosts: DirectoryHosts

    init(_ launch: Launch) async throws {
        let options = try DirectoryOptions(launch, port: 2_135, source: .host)
        hosts = try DirectoryHosts(launch, options, schema: GLUE1(.cluster, options.reading))
    }

    func discover() async throws -> [HostName] { try await hosts.discover() }

    func monitor(_ host: HostName) async throws -> HostAttributes { try await hosts.monitor(host) }
}
