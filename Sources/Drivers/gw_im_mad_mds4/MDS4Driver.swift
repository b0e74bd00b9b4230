import Grid
import MADKit
import WebServices

/// The hosts that MDS4 describes, the monitoring and discovery system of Globus Toolkit 4: an index service names them,
/// and each host's own index says what it is like.
struct MDS4Driver: InformationDriver {
    /// Options of the drivers that ask directories. A gwd.conf may hand them to every information driver alike.
    private static let ofOthers = [
        InformationOptions.base, InformationOptions.hostFilter, InformationOptions.queueFilter,
    ].map { Manual.Option($0.letter, $0.name, value: $0.value, "has no effect here: an index is no directory") }
    private static let dialect = Manual.Option(
        nil, "gt", value: "VERSION", "what the index services speak: 4.0, 4.2 or auto (default)")
    private static let server = Manual.Option(
        InformationOptions.server.letter, InformationOptions.server.name, value: "HOST",
        "container whose index names hosts, perhaps with its port")
    private static let port = Manual.Option(
        InformationOptions.port.letter, InformationOptions.port.name, value: "PORT",
        "port of index services that come without one (default 8443)")
    private static let legacyTLS = Manual.Option(
        nil, "legacy-tls", "let TLS 1.0, SHA-1 signatures and short keys pass, for old containers")

    static let manual = Manual(
        program: "gw_im_mad_mds4", summary: "tells gwd about the hosts that MDS4 describes",
        options: [server, InformationOptions.hosts, port]
            + ofOthers + [dialect, legacyTLS])

    private let server: IndexAddress?
    private let port: UInt16
    private let list: HostList
    private let hasList: Bool
    private let client: IndexClient
    private let addresses: HostAddresses
    private let members = MemberPorts()
    private let blocking: BlockingPool
    private let log: Log
    private let patience: Duration

    init(_ launch: Launch) throws {
        let options = launch.options
        port = UInt16(try options.integer(InformationOptions.port.name, in: 1...65_535) ?? 8_443)
        server = try options[InformationOptions.server.name].map { text throws(MADError) in
            guard let address = IndexAddress(text, port: nil) else {
                throw MADError(.invalid, "option --server: '\(Info(text))' is not a host or host:port")
            }
            return address
        }
        list = try InformationOptions.lists(launch)
        hasList = options.has(InformationOptions.hosts.name)
        let word = options[MDS4Driver.dialect.name] ?? "auto"
        guard word == "auto" || Dialect(rawValue: word) != nil else {
            throw MADError(.invalid, "option --gt: '\(Info(word))' is none of 4.0, 4.2, auto")
        }
        client = IndexClient(
            launch, trust: Trust(acceptsLegacyTLS: options.has(MDS4Driver.legacyTLS.name)),
            dialect: Dialect(rawValue: word))
        blocking = launch.blocking
        addresses = HostAddresses()
        log = launch.log
        // The runtime cuts operations off at its deadline; ours comes first and can say which index was silent.
        patience = launch.patience - min(.seconds(3), launch.patience / 4)
        for option in MDS4Driver.ofOthers where options.has(option.name) {
            log.warning("option", ["ignored": "--\(option.name)"])
        }
        if server == nil, !hasList {
            log.warning("option", ["problem": "neither --server nor --hosts: there are no hosts to discover"])
        }
    }

    // MARK: Discovery

    /// The server, the hosts of the list, then those whose index services are registered with the server, each once.
    func discover() async throws -> [HostName] {
        let listed = hasList ? try await blocking.run { [list] in try list.hosts() } : []
        guard let server, let name = HostName(server.host) else { return listed }
        var hosts = DistinctHosts()
        hosts.append(name)
        for host in listed { hosts.append(host) }
        do {
            for host in try await discovered(by: server) { hosts.append(host) }
        } catch let error as MADError where !listed.isEmpty {
            // The listed hosts are there all the same; gwd keeps the others that it knows.
            log.error("discover", ["error": error.description])
        }
        return hosts.names
    }

    private func discovered(by server: IndexAddress) async throws -> [HostName] {
        let deadline = Instant.now + patience
        let url = server.url(port)
        let answer = try await client.query(IndexQuery.indexes, at: url, before: deadline)
        var found: [IndexAddress] = []
        var seen: Set<IndexAddress> = []
        for address in answer.children where address.isNamed("Address") {
            let text = address.trimmedText
            guard let parts = URLParts(text), let member = IndexAddress(parts.host, port: parts.port) else {
                log.warning("discover", ["index": "\(url)", "left out": text, "problem": "not the address of a host"])
                continue
            }
            if seen.insert(member).inserted { found.append(member) }
        }
        // Containers like to register under their number; gwd and its users know names.
        let names = await addresses.names(of: found.map(\.host), before: min(deadline, .now + .seconds(10)))
        var hosts: [HostName] = []
        for member in found {
            guard let host = HostName(names[member.host] ?? member.host) else { continue }
            members.remember(host.text, member.port)
            hosts.append(host)
        }
        return hosts
    }

    // MARK: Monitoring

    /// What the host's own index says, with what attribute files add: they have the last word.
    func monitor(_ host: HostName) async throws -> HostAttributes {
        guard let address = IndexAddress(host.text, port: nil) else {
            throw MADError(.invalid, "'\(host)' is not the name of a host")
        }
        let extra = hasList ? try await blocking.run { [list] in try list.attributes(of: host) } : nil
        let deadline = Instant.now + patience
        let url = address.url(ownPort(of: address))
        let answer = try await client.query(IndexQuery.factories, at: url, before: deadline)
        let entries = try await own(IndexEntry.all(in: answer), of: address.host, url, deadline)
        let description = try HostDescription(of: host, from: entries, index: "the index \(url)")
        log.info("choice", ["host": host.text, "lrms": description.choice])
        var attributes = description.attributes
        if let extra { attributes.merge(extra) }
        return attributes
    }

    /// Where the index of a host is that names no port: where the server said, else at the usual one.
    private func ownPort(of address: IndexAddress) -> UInt16 {
        if let server, server.host.lowercased() == address.host.lowercased(), let port = server.port { return port }
        return members.port(of: address.host) ?? port
    }

    /// The entries of the host itself: an index above others holds those of other hosts too.
    private func own(_ entries: [IndexEntry], of host: String, _ url: URLParts, _ deadline: Instant)
        async throws -> [IndexEntry]
    {
        let hosts = Set(entries.map(\.host))
        guard hosts.count > 1 else { return entries }
        var own = entries.filter { $0.host == host.lowercased() }
        if own.isEmpty {
            let numbers = await addresses.numbers(of: host, before: min(deadline, .now + .seconds(10)))
            own = entries.filter { numbers.contains($0.host) }
        }
        guard !own.isEmpty else {
            throw MADError(.unknown, "the index \(url) describes \(hosts.count) hosts, none of them \(host)")
        }
        return own
    }
}

/// The questions that the original driver asked, which every index is known to understand.
enum IndexQuery {
    /// The addresses of all index services that are registered.
    static let indexes =
        "//*[local-name()=\"MemberServiceEPR\"]/*[local-name()=\"Address\" and "
        + "substring-after(text(),\"/wsrf/services/\")=\"DefaultIndexService\"]"
    /// The entries of all job factories.
    static let factories =
        "//*[local-name()=\"MemberServiceEPR\"]/*[local-name()=\"Address\" and "
        + "substring-after(text(),\"/wsrf/services/\")=\"ManagedJobFactoryService\"]/../.."
}

/// Names in the order in which they came first.
private struct DistinctHosts {
    private(set) var names: [HostName] = []
    private var seen: Set<String> = []

    mutating func append(_ host: HostName) {
        if seen.insert(host.text.lowercased()).inserted { names.append(host) }
    }
}
