import Grid
import MADKit

/// Hosts whose description an administrator wrote down: a list names them, attribute files describe them.
struct StaticDriver: InformationDriver {
    /// Options of the drivers that ask a server. A gwd.conf may hand them to every information driver alike.
    private static let ofOthers = [
        InformationOptions.server, InformationOptions.base, InformationOptions.hostFilter,
        InformationOptions.queueFilter, InformationOptions.port,
    ].map { Manual.Option($0.letter, $0.name, value: $0.value, "has no effect here: there is no server to ask") }

    static let manual = Manual(
        program: "gw_im_mad_static", summary: "tells gwd about the hosts that files describe",
        options: [InformationOptions.hosts] + ofOthers)

    private let list: HostList
    private let blocking: BlockingPool

    init(_ launch: Launch) throws {
        list = try InformationOptions.lists(launch)
        blocking = launch.blocking
        for option in StaticDriver.ofOthers where launch.options.has(option.name) {
            launch.log.warning("option", ["ignored": "--\(option.name)"])
        }
    }

    func discover() async throws -> [HostName] {
        try await blocking.run { [list] in try list.hosts() }
    }

    func monitor(_ host: HostName) async throws -> HostAttributes {
        try await blocking.run { [list] in
            if let attributes = try list.attributes(of: host) { return attributes }
            guard try list.contains(host) else {
                throw MADError(.unknown, "host \(host) is not in \(list.description)")
            }
            throw MADError(.unknown, "host \(host) has no attribute file in \(list.description)")
        }
    }
}
