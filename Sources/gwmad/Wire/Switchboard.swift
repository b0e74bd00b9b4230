import Glibc
import MADKit

/// The one loop of gwmad: carries lines to and from every driver, keeps deadlines, hears signals.
///
/// Everything happens on one thread, between two calls of ``turn(until:)``.
final class Switchboard {
    /// gwd waits this long for the answer to INIT (GridWay 5.4 to 5.14).
    static let initLimit = Duration.seconds(5)
    /// gwd looks for the end of a driver this long after FINALIZE.
    static let finalizeLimit = Duration.seconds(1)

    let console: Console
    private let interrupts: Interrupts
    private let locator: DriverLocator
    private let record: WireRecord?
    /// What the gwd in question can hold.
    let limits: GWDLimits
    /// How long a request may stay unanswered; gwd itself waits for ever.
    private(set) var patience: Duration
    /// The same for copies: a big file is silent for long, and the driver itself watches over its progress.
    private(set) var copyPatience: Duration
    private var links: [DriverLink] = []

    init(
        console: Console, interrupts: Interrupts, locator: DriverLocator, record: WireRecord?, limits: GWDLimits,
        patience: Duration?
    ) {
        self.console = console
        self.interrupts = interrupts
        self.locator = locator
        self.record = record
        self.limits = limits
        self.patience = patience ?? .seconds(300)
        copyPatience = patience ?? .seconds(3600)
    }

    // MARK: Drivers

    /// Starts a driver and says INIT.
    func start(_ driver: DriverSpec) throws(Failure) -> DriverLink {
        let path = try locator.find(driver)
        let link = try DriverLink(
            driver, path: path, directory: driver.kind == .information ? locator.workingDirectory : nil,
            console: console, record: record, limits: limits)
        links.append(link)
        let request = WireRequest.initialize(driver.kind)
        link.send(request)
        let deadline = ContinuousClock.now + Switchboard.initLimit
        while true {
            if let line = link.takeStrayLine() {
                throw refused(link, request, "'\(line)'; gwd takes the first line for the answer")
            }
            if let reply = link.take(request.key) {
                if reply.isSuccess {
                    link.initialInfo = reply.info == "-" ? nil : reply.info
                    return link
                }
                throw refused(link, request, "FAILURE: \(reply.info)")
            }
            guard link.isOpen else { throw ended(link, request.line) }
            guard ContinuousClock.now < deadline else {
                throw refused(link, request, "no answer within 5 s, where gwd gives up")
            }
            try turn(until: deadline)
        }
    }

    /// Starts a driver again that died; gwd pauses a second first.
    func restart(_ link: DriverLink) throws(Failure) -> DriverLink {
        drop(link)
        let resume = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < resume { try turn(until: resume) }
        return try start(link.driver)
    }

    private func drop(_ link: DriverLink) {
        links.removeAll { $0 === link }
        if link.process.status(within: .milliseconds(100)) == nil { link.process.end() }
    }

    // MARK: Requests

    /// Sends a request and waits for its answer.
    func ask(_ link: DriverLink, _ request: WireRequest, within limit: Duration? = nil) throws(Failure) -> WireReply {
        link.send(request)
        return try answer(to: request, from: link, within: limit)
    }

    /// Waits for the answer to a request that was sent.
    func answer(
        to request: WireRequest, from link: DriverLink, within limit: Duration? = nil
    ) throws(Failure) -> WireReply {
        let limit = limit ?? patience
        let deadline = ContinuousClock.now + limit
        while true {
            if let reply = link.take(request.key) { return reply }
            guard link.isOpen else { throw ended(link, request.line) }
            guard ContinuousClock.now < deadline else { throw silent(link, request.line, limit) }
            try turn(until: deadline)
        }
    }

    /// Sends a request that must succeed.
    func demand(_ link: DriverLink, _ request: WireRequest) throws(Failure) -> String {
        let reply = try ask(link, request)
        guard reply.isSuccess else { throw refused(link, request, "FAILURE: \(reply.info)") }
        return reply.info
    }

    // MARK: Failures

    /// A driver answered a request in a way that ends the matter.
    func refused(_ link: DriverLink, _ request: WireRequest, _ answer: String) -> Failure {
        Failure("\(link.driver.label): \(request.line.trimmed) -> \(answer)\(link.complaints)")
    }

    /// A driver's process is gone.
    func ended(_ link: DriverLink, _ doing: String) -> Failure {
        // Its last words may still be in the pipe.
        for _ in 0..<16 where link.hasErrors { link.receiveErrors() }
        let status = link.process.status(within: .milliseconds(200)).map { "with status \($0)" } ?? "its output"
        return Failure(
            "\(link.driver.label): ended \(status) instead of answering \(doing.trimmed)\(link.complaints)",
            cause: .driverEnded)
    }

    /// A driver does not answer.
    func silent(_ link: DriverLink, _ doing: String, _ limit: Duration) -> Failure {
        Failure(
            "\(link.driver.label): \(doing.trimmed) -> no answer within \(limit.inSeconds); "
                + "gwd would wait for ever\(link.complaints)")
    }

    // MARK: The loop

    /// Waits until something happens, `deadline` at the latest, and takes in everything that did.
    /// - Throws: ``Failure`` when a signal asked gwmad to stop.
    func turn(until deadline: ContinuousClock.Instant) throws(Failure) {
        var entries = [pollfd(fd: interrupts.descriptor, events: Int16(POLLIN), revents: 0)]
        for link in links {
            entries.append(pollfd(fd: link.isOpen ? link.process.output : -1, events: Int16(POLLIN), revents: 0))
            entries.append(pollfd(fd: link.hasErrors ? link.process.errors : -1, events: Int16(POLLIN), revents: 0))
            entries.append(
                pollfd(fd: link.outbox.isEmpty ? -1 : link.process.input, events: Int16(POLLOUT), revents: 0))
        }
        let wait = min((deadline - .now).milliseconds + 1, console.refreshMilliseconds)
        let ready = poll(&entries, nfds_t(entries.count), Int32(max(0, wait)))
        console.refresh()
        guard ready > 0 else { return }
        for (index, link) in links.enumerated() {
            if entries[3 * index + 3].revents != 0 { link.flush() }
            if entries[3 * index + 2].revents != 0 { link.receiveErrors() }
            if entries[3 * index + 1].revents != 0 { link.receive() }
        }
        if let signal = interrupts.take() {
            throw Failure("interrupted by \(Switchboard.name(of: signal))", cause: .interrupted(signal: signal))
        }
    }

    private static func name(of signal: Int32) -> String {
        switch signal {
        case SIGINT: "Ctrl-C"
        case SIGTERM: "SIGTERM"
        default: "signal \(signal)"
        }
    }

    // MARK: The end

    /// Says FINALIZE to every driver, gives them gwd's second, and lets no process stay behind.
    func finalizeAll() {
        let deadline = ContinuousClock.now + Switchboard.finalizeLimit
        links.removeAll { !$0.isOpen && $0.process.status(within: .milliseconds(50)) != nil }
        for link in links where link.isOpen { link.send(.finalize(link.driver.kind)) }
        var wasInterrupted = false
        while links.contains(where: { $0.isOpen }), ContinuousClock.now < deadline, !wasInterrupted {
            do { try turn(until: deadline) } catch { wasInterrupted = true }
        }
        for link in links {
            let rest = max(.zero, deadline - .now)
            if let status = link.process.status(within: rest + .milliseconds(50)) {
                if status != 0, !link.hasRefused { link.defect("exit status \(status) after FINALIZE") }
            } else {
                if !wasInterrupted { link.defect("still running one second after FINALIZE") }
                link.process.end()
            }
        }
        links = []
    }

    /// From now on nobody waits long: something failed already, and a person may be waiting for gwmad to end.
    func hurry() {
        patience = min(patience, .seconds(30))
        copyPatience = patience
    }

    /// Ends every driver at once, without a word.
    func abandonAll() {
        for link in links { link.process.end() }
        links = []
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// As people write it: `0.52 s`.
    var inSeconds: String {
        let hundredths = (milliseconds + 5) / 10
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) s"
    }
}
