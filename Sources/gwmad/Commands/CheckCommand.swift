import MADKit

/// `gwmad check`: whether an information driver finds its servers, their schema, hosts and attributes, seen with gwd's
/// eyes only: INIT, DISCOVER, MONITOR.
enum CheckCommand {
    static let command = Command(
        name: "check", synopsis: "[OPTIONS] [--] [DRIVER [ARGUMENTS]]",
        summary: """
            Says of an information driver whether it starts, its server can be reached, the schema is there, hosts are
            found and answer, and which attributes they lack. Without DRIVER or --im, all drivers of gwd.conf are checked.
            The exit status is 0 when gwd could work with every driver, 120 when one could not be started, else 121.
            """,
        options: RunCommand.driverOptions + [
            .init(nil, "json", "write JSON instead of text"),
            .init("p", "parallel", value: "NUMBER", "hosts asked at once (default 16; gwd 4 to 10)"),
        ] + RunCommand.wireOptions,
        plainWords: .endOptions)

    /// The whole command.
    static func run(_ invocation: Invocation) throws(Failure) -> Int32 {
        let parallel = try invocation.integer("parallel", in: 1...1000) ?? 16
        var chosen = invocation["im"]
        if !invocation.arguments.isEmpty {
            guard chosen == nil else { throw Failure(.usage, "name the driver once, with --im or behind the options") }
            // gwd hands all arguments over in one word, which the driver splits at blanks outside quotes. One argument is
            // that word already, as somebody copies it from gwd.conf.
            let isOneWord = invocation.arguments.count <= 2
            chosen = invocation.arguments.map { $0.contains(" ") && !isOneWord ? "\"\($0)\"" : $0 }
                .joined(separator: " ")
        }
        let set = try Setup(invocation, choices: .init(information: chosen))
        var reports: [CheckReport] = []
        do throws(Failure) {
            for driver in set.lineUp.informationDrivers {
                reports.append(try check(driver, set, parallel: parallel))
                set.board.finalizeAll()
            }
        } catch {
            set.console.clear()
            set.board.finalizeAll()
            throw Failure(error.code ?? .information, error.description, cause: error.cause)
        }
        set.console.clear()
        let isForPrograms = invocation.has("json")
        try Output.standard.deliver(
            isForPrograms ? CheckReport.json(reports) : reports.map(\.text).joined(separator: "\n"))
        if reports.contains(where: { !$0.hasStarted }) { return ExitCode.drivers.rawValue }
        return reports.allSatisfy(\.isUsable) ? 0 : ExitCode.information.rawValue
    }

    /// Everything about one driver. Only an interrupt is thrown; whatever the driver does wrong is in the report.
    private static func check(_ driver: DriverSpec, _ set: Setup, parallel: Int) throws(Failure) -> CheckReport {
        var findings = InformationFindings()
        let defects = set.console.defects
        let service = InformationService(board: set.board)
        do throws(Failure) {
            findings.startTime = try timed { () throws(Failure) in
                try service.start([driver]) { _ in }
            }
            findings.discoverTime = try timed { () throws(Failure) in
                try service.discover { findings.refusal = "\($0)" }
            }
            findings.hosts = service.entries.map(\.name.text)
            try service.monitor(service.entries, parallel: parallel) { entry, answer in
                switch answer {
                case .host(let host, let problems):
                    findings.answers.append(host)
                    problems.forEach { entry.link.defect("MONITOR \(entry.name): \($0)") }
                case .failure(let reason): findings.failures.append((entry.name.text, reason))
                }
            }
        } catch {
            if case .interrupted = error.cause { throw error }
            findings.refusal = error.description
        }
        findings.sort()
        findings.defects = set.console.defects - defects
        return CheckReport(driver: driver.label, findings: findings)
    }

    private static func timed(_ body: () throws(Failure) -> Void) throws(Failure) -> Duration {
        let begin = ContinuousClock.now
        try body()
        return ContinuousClock.now - begin
    }
}
