import Directory
import Grid
import MADKit

/// The hosts that directories describe, together with those that an administrator listed: what the LDAP drivers are.
package final class DirectoryHosts: Sendable {
    private let schema: any DirectorySchema
    private let options: DirectoryOptions
    private let base: String
    private let list: HostList
    private let hasList: Bool
    /// Asks the server of `--server`, as whom the administrator said.
    private let client: DirectoryClient
    /// Asks hosts. Any site can name any host, and none of them may see the administrator's password.
    private let stranger: DirectoryClient
    private let snapshot: Snapshot
    private let blocking: BlockingPool
    private let log: Log
    private let patience: Duration

    /// Room for the answer about all hosts: some thirty thousand of them.
    private static let room = 128 << 20

    /// - Throws: ``MADError`` when an option is wrong.
    package init(_ launch: Launch, _ options: DirectoryOptions, schema: any DirectorySchema) throws(MADError) {
        self.schema = schema
        self.options = options
        base = options.base(of: schema)
        list = try InformationOptions.lists(launch)
        hasList = launch.options.has(InformationOptions.hosts.name)
        client = DirectoryClient(access: options.access)
        var access = options.access
        access.identity = nil
        stranger = DirectoryClient(access: access)
        var policy = options.policy
        policy.manyHosts = schema.manyHosts
        snapshot = Snapshot(policy: policy)
        blocking = launch.blocking
        log = launch.log
        // The runtime cuts operations off at its deadline; ours comes first and can say which server was silent.
        patience = launch.patience - min(.seconds(3), launch.patience / 4)
        if options.server == nil, !hasList {
            log.warning("option", ["problem": "neither --server nor --hosts: there are no hosts to discover"])
        }
    }

    // MARK: Discovery

    /// The hosts of the list, then those that the server names, each once.
    package func discover() async throws -> [HostName] {
        let listed = hasList ? try await blocking.run { [list] in try list.hosts() } : []
        guard let server = options.server else { return listed }
        do {
            return try await discovered(by: server, besides: listed)
        } catch let error as MADError where !listed.isEmpty {
            // The listed hosts are there all the same; gwd keeps the others that it knows.
            log.error("discover", ["error": error.description])
            return listed
        }
    }

    private func discovered(by server: DirectoryServer, besides listed: [HostName]) async throws -> [HostName] {
        let names: [String]
        if let index = try await indexForDiscovery(of: server) {
            names = index.hosts
        } else {
            names = try await named(by: server)
        }
        snapshot.remember(hosts: names.count)
        var hosts = listed
        var seen = Set(listed.map { $0.text.lowercased() })
        for name in names where seen.insert(name.lowercased()).inserted {
            if HostAddress(name) != nil, let host = HostName(name) {
                hosts.append(host)
            } else {
                log.warning("discover", ["server": server.url, "left out": name, "problem": "not the name of a host"])
            }
        }
        return hosts
    }

    /// What MONITOR is going to be answered from, if it can name the hosts as well.
    private func indexForDiscovery(of server: DirectoryServer) async throws -> (any DirectoryIndex)? {
        guard options.source == .server, options.reading.hostFilter.isEmpty else { return nil }
        let index = try await snapshot.index { [self] in try await everything(of: server) }
        return index is Refusal ? nil : index
    }

    /// Searches for names of hosts and nothing else; each comes once, letter by letter.
    private func named(by server: DirectoryServer) async throws -> [String] {
        let deadline = Instant.now + patience
        var names: [String] = []
        var seen: Set<String> = []
        var unnamed = 0
        var answers: [EntryTable] = []
        var place = base
        for (number, way) in schema.discovery.enumerated() {
            let isNeeded =
                switch way.need {
                case .nothingNamed: names.isEmpty
                case .someUnnamed: unnamed > 0
                case .always: true
                }
            guard number == 0 || isNeeded else { continue }
            unnamed = 0
            let answer: DirectoryAnswer
            (answer, place) = try await answered(
                by: server, way.filter, way.attributes, at: place, before: deadline)
            if let cut = answer.cut {
                log.warning("discover", ["server": server.url, "problem": "\(cut) cut the list of hosts"])
            }
            answers.append(answer.entries)
            for name in way.hosts(answers) {
                guard let name else {
                    unnamed += 1
                    continue
                }
                if seen.insert(name).inserted { names.append(name) }
            }
        }
        return names
    }

    // MARK: Monitoring

    /// What is said of a host by the directory and, in between, by its attribute files: they overrule what describes the
    /// host as a whole and are overruled in what describes its queues.
    package func monitor(_ host: HostName) async throws -> HostAttributes {
        guard let address = HostAddress(host.text) else {
            throw MADError(.invalid, "'\(host)' is not the name of a host")
        }
        let extra = hasList ? try await blocking.run { [list] in try list.attributes(of: host) } : nil
        let description =
            switch (options.source, options.server) {
            case (.server, let server?): try await described(address.host, by: server)
            default:
                try await describedByItself(address.host)
            }
        for note in description.notes { log.info("choice", ["host": host.text, "note": note]) }
        var attributes = description.host
        if let extra { attributes.merge(extra) }
        attributes.merge(description.queues)
        return attributes
    }

    /// Asks the service on the host, whose directory describes this host and, as a rule, no other.
    private func describedByItself(_ host: String) async throws -> HostDescription {
        let server = DirectoryServer(host: host, port: options.port, protection: options.protection)
        let answer = try await answered(
            by: server, schema.everything, schema.attributes, at: schema.base, before: .now + patience,
            keepsNames: schema.needsNames, asStranger: true
        ).answer
        try demandWhole(answer, server)
        let index = schema.index(answer.entries)
        let hosts = index.hosts
        guard
            let description = index.description(of: host) ?? (hosts.count == 1 ? index.description(of: hosts[0]) : nil)
        else {
            let what = hosts.isEmpty ? "describes no host" : "describes \(hosts.count) hosts, none of them \(host)"
            throw MADError(.unknown, "\(server.url) \(what)")
        }
        return description
    }

    /// Asks the server that knows all hosts, or remembers what it said a moment ago.
    private func described(_ host: String, by server: DirectoryServer) async throws -> HostDescription {
        let index: any DirectoryIndex
        let known = try await snapshot.index(for: host) { [self] in try await everything(of: server) }
        if let known, !(known is Refusal) {
            index = known
        } else {
            let deadline = Instant.now + patience
            let isThorough = !schema.hasThoroughSearch || !snapshot.hasManyHosts
            let found = try await read(host, from: server, isThorough: isThorough, before: deadline)
            let isFound = isThorough || found.description(of: host)?.queues.isEmpty == false
            index = isFound ? found : try await read(host, from: server, isThorough: true, before: deadline)
        }
        guard let description = index.description(of: host) else {
            throw MADError(.unknown, "\(server.url) knows no host \(host)")
        }
        return description
    }

    /// Stands in for what a server did not want to tell at once.
    private struct Refusal: DirectoryIndex {
        var hosts: [String] { [] }
        func description(of host: String) -> HostDescription? { nil }
    }

    private func everything(of server: DirectoryServer) async throws -> any DirectoryIndex {
        let answer: DirectoryAnswer
        do {
            answer = try await answered(
                by: server, schema.everything, schema.attributes, at: base, before: .now + patience,
                keepsNames: schema.needsNames, room: DirectoryHosts.room
            ).answer
        } catch let error as MADError where error.code == .timedOut {
            // There is no time left for another way, but the next questions have it.
            refuse(server, "it took too long")
            throw error
        }
        if let cut = answer.cut {
            refuse(server, "\(cut) cut it")
            return Refusal()
        }
        let index = schema.index(answer.entries)
        log.info(
            "snapshot", ["server": server.url, "entries": "\(answer.entries.count)", "bytes": "\(answer.entries.size)"])
        return index
    }

    private func refuse(_ server: DirectoryServer, _ problem: String) {
        log.warning("snapshot", ["server": server.url, "problem": "\(problem); hosts are asked for one by one"])
        snapshot.refuse()
    }

    /// Searches for the entries of one host, step by step.
    private func read(
        _ host: String, from server: DirectoryServer, isThorough: Bool, before deadline: Instant
    ) async throws -> any DirectoryIndex {
        var found = EntryTable()
        var step = 0
        var place = base
        while let next = schema.step(step, for: host, in: place, found: found, isThorough: isThorough) {
            step += 1
            let search = DirectorySearch(
                base: next.base ?? place, filter: next.filter, attributes: schema.attributes,
                keepsNames: true)
            do {
                let answer = try await client.answer(to: search, of: server, before: deadline)
                try demandWhole(answer, server)
                found.append(answer.entries)
            } catch let error as MADError where error.code == .unknown {
                // Where only the host was expected, the next step looks for it elsewhere.
                guard next.base == nil else { continue }
                guard options.base == nil, place != schema.root else { throw error }
                (place, step, found) = (schema.root, 0, EntryTable())
            }
        }
        return schema.index(found)
    }

    /// Half of what is said of a host would be taken for the whole.
    private func demandWhole(_ answer: DirectoryAnswer, _ server: DirectoryServer) throws(MADError) {
        if let cut = answer.cut { throw MADError(.refused, server.url, cause: "\(cut) cut the answer") }
    }

    /// Asks at a place and, when the place is only our guess and is not there, at the root.
    private func answered(
        by server: DirectoryServer, _ filter: DirectoryFilter, _ attributes: AttributeNames, at place: String,
        before deadline: Instant, keepsNames: Bool = false, room: Int = 64 << 20, asStranger: Bool = false
    ) async throws -> (answer: DirectoryAnswer, place: String) {
        func ask(_ place: String) async throws -> DirectoryAnswer {
            let search = DirectorySearch(
                base: place, filter: filter, attributes: attributes, keepsNames: keepsNames, room: room)
            return try await (asStranger ? stranger : client).answer(to: search, of: server, before: deadline)
        }
        do {
            return (try await ask(place), place)
        } catch let error as MADError where error.code == .unknown && place == schema.base && place != schema.root {
            // `--base` is about the server, not about hosts.
            guard options.base == nil || asStranger else { throw error }
            return (try await ask(schema.root), schema.root)
        }
    }
}
