import Directory
import Grid
import MADKit

/// The options of the drivers that ask directories, and what they mean.
package struct DirectoryOptions: Sendable {
    /// Whom to ask about a host.
    package enum Source: String, Sendable, CaseIterable {
        /// The service on the host itself.
        case host
        /// The server that also names the hosts.
        case server
    }

    private static let monitor = Manual.Option(
        nil, "monitor", value: "WHOM", "whom to ask about a host: host (itself) or server (the one of -s)")
    private static let snapshot = Manual.Option(
        nil, "snapshot", value: "WHEN", "read all hosts of the server at once: auto (default), always or never")
    private static let snapshotAge = Manual.Option(
        nil, "snapshot-age", value: "SECONDS", "how old such a reading may be (default 30)")
    private static let placeholders = Manual.Option(
        nil, "placeholders", value: "WAY", "999999999, 444444, -1 and the like: keep (default) or drop")
    private static let tls = Manual.Option(nil, "tls", value: "WAY", "protect connections: starttls or ldaps")
    private static let authorities = Manual.Option(
        nil, "authorities", value: "FILE", "certificates of the authorities that vouch for servers")
    private static let bindName = Manual.Option(
        nil, "bind-dn", value: "DN", "log in to the server of -s with this name")
    private static let passwordFile = Manual.Option(
        nil, "password-file", value: "FILE", "the password is in its first line")

    /// The manual of such a driver.
    package static func manual(_ program: String, _ summary: String, _ more: [Manual.Option] = []) -> Manual {
        Manual(
            program: program, summary: summary,
            options: [
                InformationOptions.server, InformationOptions.base, InformationOptions.hostFilter,
                InformationOptions.queueFilter, InformationOptions.hosts, InformationOptions.port,
            ] + more + [monitor, snapshot, snapshotAge, placeholders, tls, authorities, bindName, passwordFile])
    }

    /// The server that knows the hosts.
    package let server: DirectoryServer?
    /// Where to look for the service of a host that is asked itself.
    package let port: Int
    package let protection: DirectoryServer.Protection
    package let access: DirectoryAccess
    /// Whom to ask about hosts.
    package let source: Source
    /// What `--base` said.
    package let base: String?
    package let reading: Reading
    package let policy: SnapshotPolicy

    /// Reads the options.
    /// - Parameters:
    ///   - launch: holds them.
    ///   - port: where the service is by default.
    ///   - source: whom to ask about hosts by default.
    /// - Throws: ``MADError`` naming the option and what is wrong with it.
    package init(_ launch: Launch, port defaultPort: Int, source defaultSource: Source) throws(MADError) {
        let options = launch.options
        port = try options.integer(InformationOptions.port.name, in: 1...65_535) ?? defaultPort
        protection =
            switch options["tls"] {
            case nil: .none
            case let word?: try DirectoryOptions.choice(word, of: "tls", among: [.startTLS, .ldaps])
            }
        if let text = options[InformationOptions.server.name] {
            guard let server = DirectoryServer(text, port: port, protection: protection) else {
                throw MADError(.invalid, "option --server: '\(Info(text))' is not a host, host:port or ldap URL")
            }
            self.server = server
        } else {
            server = nil
        }
        source =
            try options["monitor"].map { word throws(MADError) in
                try DirectoryOptions.choice(word, of: "monitor", among: Source.allCases)
            } ?? defaultSource
        if source == .server, server == nil {
            throw MADError(.invalid, "option --server is missing: there is no information server to ask")
        }
        base = options[InformationOptions.base.name]
        if base == "" { throw MADError(.invalid, "option --base needs a name") }
        var reading = Reading()
        reading.hostFilter = try DirectoryFilter(written: options[InformationOptions.hostFilter.name] ?? "")
        reading.queueFilter = try DirectoryFilter(written: options[InformationOptions.queueFilter.name] ?? "")
        reading.accessBytes = launch.limits.queueTextBytes
        reading.placeholders = Placeholders(
            pass: try options["placeholders"].map { word throws(MADError) in
                try DirectoryOptions.choice(word, of: "placeholders", among: PlaceholderChoice.allCases)
            } != .drop)
        self.reading = reading
        var policy = SnapshotPolicy()
        if let word = options["snapshot"] {
            policy.mode = try DirectoryOptions.choice(word, of: "snapshot", among: SnapshotPolicy.Mode.allCases)
        }
        if let seconds = try options.integer("snapshot-age", in: 1...3_600) { policy.age = .seconds(seconds) }
        self.policy = policy
        var access = DirectoryAccess()
        if let file = options["authorities"] { access.authorities = launch.tree.resolve(file) }
        if let name = options["bind-dn"] {
            access.identity = (name, try DirectoryOptions.password(launch))
            guard server != nil else {
                throw MADError(.invalid, "option --bind-dn needs --server: hosts are asked anonymously")
            }
        } else if options.has("password-file") {
            throw MADError(.invalid, "option --password-file needs --bind-dn")
        }
        self.access = access
    }

    private enum PlaceholderChoice: String, CaseIterable {
        case keep, drop
    }

    private static func choice<Choice: RawRepresentable<String>>(
        _ word: String, of option: String, among choices: [Choice]
    ) throws(MADError) -> Choice {
        if let choice = choices.first(where: { $0.rawValue == word }) { return choice }
        let words = choices.map(\.rawValue).joined(separator: ", ")
        throw MADError(.invalid, "option --\(option): '\(Info(word))' is none of \(words)")
    }

    private static func password(_ launch: Launch) throws(MADError) -> String {
        guard let name = launch.options["password-file"] else {
            throw MADError(.invalid, "option --bind-dn needs --password-file")
        }
        let file = CachedFile(name, tree: launch.tree) { bytes, _ in
            String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        }
        let password = try file.content()
        // An empty one would be an anonymous bind in disguise (RFC 4513, 5.1.2).
        guard !password.isEmpty else {
            throw MADError(.invalid, "password file \(name)", cause: "its first line is empty")
        }
        return password
    }

    /// Where to search a server: what `--base` said, a bare name below the schema's root, or the schema's own place.
    func base(of schema: some DirectorySchema) -> String {
        guard let base else { return schema.base }
        guard !base.contains("=") else { return base }
        return schema.root == "o=glue" ? "GLUE2GroupID=\(base),o=glue" : "mds-vo-name=\(base),\(schema.root)"
    }
}
