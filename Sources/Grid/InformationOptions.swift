import MADKit

/// The options that every information driver shares, by the letters of the originals.
package enum InformationOptions {
    /// A file with hosts and their attribute files; may be given several times.
    package static let hosts = Manual.Option("l", "hosts", value: "FILE", "list of hosts and their attribute files")
    /// The information server that knows the hosts.
    package static let server = Manual.Option("s", "server", value: "HOST", "information server to ask for hosts")
    /// Where in the server's tree to search.
    package static let base = Manual.Option("b", "base", value: "DN", "where to search in the server's tree")
    /// Which hosts to take.
    package static let hostFilter = Manual.Option("f", "host-filter", value: "FILTER", "which hosts to take")
    /// Which queues to take.
    package static let queueFilter = Manual.Option("q", "queue-filter", value: "FILTER", "which queues to take")
    /// The port of the information service.
    package static let port = Manual.Option("p", "port", value: "PORT", "port of the information service")

    /// The lists that the options name.
    /// - Throws: ``MADError`` when a name is empty.
    package static func lists(_ launch: Launch) throws(MADError) -> HostList {
        let paths = launch.options.all(hosts.name)
        guard !paths.contains("") else { throw MADError(.invalid, "option --hosts needs the name of a file") }
        return HostList(paths, tree: launch.tree, log: launch.log)
    }
}
