import MADKit

/// DISCOVER and MONITOR, over any number of information drivers.
final class InformationService {
    /// A host and the driver that was the first to name it.
    struct Entry {
        let name: HostName
        let id: HostID
        let link: DriverLink
    }

    /// What a driver says about one host.
    enum Answer {
        case host(Host, problems: [String])
        case failure(String)
    }

    private let board: Switchboard
    private(set) var links: [DriverLink] = []
    /// Every host discovered, in order; a name keeps its first driver, as in gwd.
    private(set) var entries: [Entry] = []

    init(board: Switchboard) {
        self.board = board
    }

    /// Starts the drivers; one that cannot be started is reported to `problem` as long as another one can.
    func start(_ drivers: [DriverSpec], problem: (Failure) -> Void) throws(Failure) {
        var last: Failure?
        for driver in drivers {
            do throws(Failure) {
                links.append(try board.start(driver))
            } catch {
                if case .interrupted = error.cause { throw error }
                if let last { problem(last) }
                last = error
            }
        }
        guard let last else { return }
        if links.isEmpty { throw last }
        problem(last)
    }

    /// Enough turns for every host that gwd could hold.
    private static let mostRounds = 100

    /// Asks every driver for its hosts, again and again until no new ones come: a driver with more names than fit into
    /// one of gwd's lines tells them in turns.
    func discover(problem: (Failure) -> Void) throws(Failure) {
        var known = Set<String>()
        for link in links {
            var isNew = true
            var rounds = 0
            while isNew {
                guard rounds < InformationService.mostRounds else {
                    link.defect("DISCOVER names new hosts each time; stopped after \(rounds) times")
                    break
                }
                rounds += 1
                let reply = try board.ask(link, .discover)
                guard reply.isSuccess else {
                    problem(board.refused(link, .discover, "FAILURE: \(reply.info)"))
                    break
                }
                isNew = false
                // gwd splits at blanks only.
                for word in reply.info.utf8.split(separator: 0x20).map(Substring.init) where word != "-" {
                    guard let name = HostName(word) else {
                        link.defect("DISCOVER names a host '\(Info(String(word)))'")
                        continue
                    }
                    guard known.insert(name.text).inserted else { continue }
                    isNew = true
                    entries.append(Entry(name: name, id: HostID(Int32(entries.count)), link: link))
                }
            }
        }
    }

    /// Asks about `entries`, at most `parallel` at once, and hands each answer to `each` as it comes.
    func monitor(_ entries: [Entry], parallel: Int, each: (Entry, Answer) -> Void) throws(Failure) {
        var waiting = entries[...]
        var open: [(entry: Entry, request: WireRequest, deadline: ContinuousClock.Instant)] = []
        while !waiting.isEmpty || !open.isEmpty {
            while open.count < parallel, let entry = waiting.popFirst() {
                let request = WireRequest.monitor(entry.id, entry.name)
                entry.link.send(request)
                open.append((entry, request, .now + board.patience))
            }
            let nearest = open.map(\.deadline).min() ?? .now
            try board.turn(until: nearest)
            open.removeAll { entry, request, deadline in
                if let reply = entry.link.take(request.key) {
                    each(entry, read(reply, about: entry))
                } else if !entry.link.isOpen {
                    each(entry, .failure(board.ended(entry.link, request.line).description))
                } else if deadline <= .now {
                    each(entry, .failure(board.silent(entry.link, request.line, board.patience).description))
                } else {
                    return false
                }
                return true
            }
        }
    }

    private func read(_ reply: WireReply, about entry: Entry) -> Answer {
        guard reply.isSuccess else { return .failure(reply.info) }
        var (facts, problems, isReadable) = AttributeLexer.read(
            reply.info == "-" ? "" : reply.info, limits: board.limits)
        if !isReadable { return .failure("gwd cannot read its attributes: \(problems.joined(separator: "; "))") }
        if let name = facts.text("HOSTNAME"), name != entry.name.text {
            problems.append("HOSTNAME is \"\(name)\", asked was \(entry.name)")
        }
        return .host(Host(name: entry.name, informationDriver: entry.link.driver, facts: facts), problems: problems)
    }
}
