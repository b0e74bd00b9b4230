import Synchronization

/// INIT, DISCOVER, MONITOR and FINALIZE, in lines of four words.
struct InformationFamily<DriverType: InformationDriver>: Family {
    static var fields: Int { 4 }
    static var patience: Duration { .seconds(60) }

    private let driver: DriverType
    private let setting: FamilySetting
    private let memory = InformationMemory()

    init(driver: DriverType, setting: FamilySetting) {
        self.driver = driver
        self.setting = setting
    }

    static func head(of line: RequestLine, verb: String) -> String {
        verb == "DISCOVER" ? "DISCOVER -" : FourWordReply.head(of: line, verb: verb)
    }

    static func infoBytes(head: String, limits: GWDLimits) -> Int {
        limits.lineBytes - head.utf8.count - " SUCCESS ".utf8.count
    }

    func shutDown() async { await driver.shutDown() }

    func greeting() async -> Info { .none }

    func operation(for line: RequestLine, reply: Reply) throws(MADError) -> Operation {
        switch line.verb {
        case "DISCOVER":
            return operation("DISCOVER", reply) { try await discover(reply) }
        case "MONITOR":
            guard let word = line[1] else { throw MADError(.invalid, "the request names no host number") }
            guard let id = HostID(word) else { throw MADError(.invalid, "'\(word)' is not a host number") }
            guard let name = line[2] else { throw MADError(.invalid, "the request names no host") }
            guard let host = HostName(name) else { throw MADError(.invalid, "the host name holds control characters") }
            return operation("MONITOR \(host)", reply) { try await monitor(id, host, reply) }
        default:
            throw MADError(.invalid, "Unknown command \(Self.printable(line.verb))")
        }
    }

    private func operation(
        _ subject: @autoclosure @escaping @Sendable () -> String, _ reply: Reply,
        _ body: @escaping @Sendable () async throws -> Void
    ) -> Operation {
        Operation(
            order: .together, pool: .bulk, patience: setting.patience, subject: subject, reply: reply, body: body)
    }

    private func discover(_ reply: Reply) async throws {
        let room = Self.infoBytes(head: "DISCOVER -", limits: setting.limits)
        let hosts = try await driver.discover().filter { host in
            let bytes = host.text.utf8.count
            guard bytes > min(room, GWDLimits.hostBytes) else { return true }
            let problem = bytes > room ? "longer than a reply line" : "longer than the host in a URL of gwd may be"
            setting.log.warning("host", ["left out": host.text, "problem": problem])
            return false
        }
        let (names, isComplete) = memory.nextPage(of: hosts, bytes: room)
        if !isComplete {
            setting.log.info("page", ["hosts": "\(hosts.count)", "sent": "\(names.count)"])
        }
        // `-` would be taken for a host of that name.
        reply.succeed(names.isEmpty ? .blank : Info(names.joined(separator: " ")))
    }

    private func monitor(_ id: HostID, _ host: HostName, _ reply: Reply) async throws {
        let attributes = try await driver.monitor(host)
        let room = Self.infoBytes(head: "MONITOR \(id)", limits: setting.limits)
        let answer = attributes.encoded(as: host, limits: setting.limits, bytes: room, after: memory.told(of: id))
        // What came too late was not told.
        guard reply.succeed(Info(answer.line)), memory.remember(answer, of: id) else { return }
        for problem in answer.problems {
            setting.log.warning("attribute", ["host": host.text, "problem": problem])
        }
    }
}

/// What an information driver must remember of its earlier answers.
private final class InformationMemory: Sendable {
    private struct State {
        var told: [HostID: ToldAttributes] = [:]
        var problems: [HostID: [String]] = [:]
        var nextHost = 0
    }

    private let state = Mutex(State())

    /// What earlier answers told of a host.
    func told(of host: HostID) -> ToldAttributes { state.withLock { $0.told[host] ?? ToldAttributes() } }

    /// Files an answer; true when its problems are news, which they are not every two minutes.
    func remember(_ answer: EncodedAttributes, of host: HostID) -> Bool {
        state.withLock { state in
            state.told[host] = answer.told
            guard state.problems[host] ?? [] != answer.problems else { return false }
            state.problems[host] = answer.problems.isEmpty ? nil : answer.problems
            return true
        }
    }

    /// The hosts to name in one DISCOVER reply: all when they fit, else the next ones in turn.
    ///
    /// gwd never removes a host from its pool, so one that has heard every page knows every host, whereas a line longer
    /// than its buffer would be cut in the middle of a name.
    func nextPage(of hosts: [HostName], bytes: Int) -> (names: [String], isComplete: Bool) {
        let total = hosts.reduce(0) { $0 + $1.text.utf8.count + 1 }
        guard total - 1 > bytes else { return (hosts.map(\.text), true) }
        return state.withLock { state in
            var names: [String] = []
            var room = bytes + 1
            var index = state.nextHost < hosts.count ? state.nextHost : 0
            while names.count < hosts.count, room > hosts[index].text.utf8.count {
                names.append(hosts[index].text)
                room -= hosts[index].text.utf8.count + 1
                index = (index + 1) % hosts.count
            }
            state.nextHost = index
            return (names, false)
        }
    }
}
