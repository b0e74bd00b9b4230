import Glibc
import MADKit

/// `gwmad hosts`: what the information drivers tell.
enum HostsCommand {
    static let command = Command(
        name: "hosts", synopsis: "[OPTIONS] [HOST...]",
        summary: """
            Asks information drivers for their hosts (DISCOVER) and for the state of each, or of the HOSTs named (MONITOR).
            The exit status is 0 when at least one host answered, else 121; 120 when no driver could be started.
            """,
        options: RunCommand.driverOptions + [
            .init(nil, "json", "write JSON instead of a table"),
            .init("q", "queues", "one line per queue"),
            .init("p", "parallel", value: "NUMBER", "hosts asked at once (default 16; gwd 4 to 10)"),
        ] + RunCommand.wireOptions)

    /// The whole command.
    static func run(_ invocation: Invocation) throws(Failure) -> Int32 {
        let parallel = try invocation.integer("parallel", in: 1...1000) ?? 16
        let set = try Setup(invocation, choices: .init(information: invocation["im"]))
        do throws(Failure) {
            let rows = try ask(set, names: invocation.arguments, parallel: parallel)
            set.board.finalizeAll()
            set.console.clear()
            let report = HostReport(rows: rows)
            let text = invocation.has("json") ? report.json : report.table(queues: invocation.has("queues"))
            try Output.standard.deliver(text)
            report.failures.forEach { set.console.note($0) }
            return report.hasAnswers ? 0 : ExitCode.information.rawValue
        } catch {
            set.console.clear()
            set.board.finalizeAll()
            throw Failure(error.code ?? .information, error.description, cause: error.cause)
        }
    }

    private static func ask(_ set: Setup, names: [String], parallel: Int) throws(Failure) -> [HostReport.Row] {
        var rows: [HostReport.Row] = []
        let service = InformationService(board: set.board)
        do throws(Failure) {
            try service.start(set.lineUp.informationDrivers) { set.console.note("\($0)") }
        } catch {
            throw Failure(error.code ?? .drivers, error.description, cause: error.cause)
        }
        try service.discover { set.console.note("\($0)") }
        let entries = service.entries.filter { entry in
            names.isEmpty || names.contains { HostChoice.matches($0, entry.name) }
        }
        try service.monitor(entries, parallel: parallel) { entry, answer in
            switch answer {
            case .host(let host, let problems):
                rows.append(.init(name: entry.name.text, driver: entry.link.driver.name, result: .success(host.facts)))
                problems.forEach { entry.link.defect("MONITOR \(entry.name): \($0)") }
            case .failure(let reason):
                rows.append(
                    .init(name: entry.name.text, driver: entry.link.driver.name, result: .failure(Failure(reason))))
            }
        }
        for name in names where !entries.contains(where: { HostChoice.matches(name, $0.name) }) {
            rows.append(
                .init(name: name, driver: "-", result: .failure(Failure("no information driver names this host"))))
        }
        if rows.isEmpty { set.console.note("DISCOVER names no hosts") }
        return rows
    }
}
