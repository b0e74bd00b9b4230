import GridInformation
import MADKit

/// Hosts described by MDS 2: a GIIS names them, the GRIS of each describes it.
struct MDS2Driver: InformationDriver {
    static let manual = DirectoryOptions.manual("gw_im_mad_mds2", "tells gwd about the hosts that MDS 2 describes")

    private let hosts: DirectoryHosts

    init(_ launch: Launch) async throws {
        let options = try DirectoryOptions(launch, port: 2_135, source: .host)
        hosts = try DirectoryHosts(launch, options, schema: MDS2(options.reading))
    }

    func discover() async throws -> [HostName] { try await hosts.discover() }

    func monitor(_ host: HostName) async throws -> HostAttributes { try await hosts.monitor(host) }
}
