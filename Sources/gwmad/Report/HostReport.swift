/// Hosts as a table or as JSON, sorted by name.
struct HostReport: Sendable {
    /// A host and what was said of it.
    struct Row: Sendable {
        let name: String
        let driver: String
        let result: Result<HostFacts, Failure>
    }

    private let rows: [Row]

    init(rows: [Row]) {
        self.rows = rows.sorted { $0.name < $1.name }
    }

    /// True when at least one host answered.
    var hasAnswers: Bool {
        rows.contains { row in
            if case .success = row.result { return true }
            return false
        }
    }

    /// One line for each host that did not answer.
    var failures: [String] {
        rows.compactMap { row in
            guard case .failure(let failure) = row.result else { return nil }
            return "\(row.name): \(failure)"
        }
    }

    // MARK: The table

    /// The table of hosts, or of their queues. Nothing but titles when no host answered.
    func table(queues: Bool) -> String { queues ? queueTable : hostTable }

    private var hostTable: String {
        var table = TextTable(columns: [
            .init(title: "HOST"), .init(title: "LRMS"), .init(title: "OS"), .init(title: "ARCH"),
            .init(title: "MHZ", isNumber: true), .init(title: "%CPU", isNumber: true),
            .init(title: "MEM(F/T)", isNumber: true), .init(title: "DISK(F/T)", isNumber: true),
            .init(title: "NODES(F/T)", isNumber: true), .init(title: "QUEUES"),
        ])
        for row in rows {
            guard case .success(let facts) = row.result else {
                table.rows.append([row.name, "-", "-", "-", "-", "-", "-", "-", "-", "no answer"])
                continue
            }
            let queues = facts.namedQueues
            let free = queues.map { facts.freeNodes(of: $0) }.reduce(0, +)
            let total = queues.map { facts.integer("QUEUE_NODECOUNT", at: $0.index) }.reduce(0, +)
            table.rows.append([
                row.name, facts.text("LRMS_NAME") ?? "-",
                [facts.text("OS_NAME"), facts.text("OS_VERSION")].compactMap { $0 }.joined(separator: " ").orDash,
                facts.text("ARCH") ?? "-", "\(facts.integer("CPU_MHZ"))", "\(facts.integer("CPU_FREE"))",
                "\(facts.integer("FREE_MEM_MB"))/\(facts.integer("SIZE_MEM_MB"))",
                "\(facts.integer("FREE_DISK_MB"))/\(facts.integer("SIZE_DISK_MB"))",
                "\(free)/\(total)", HostReport.list(queues.map(\.name)).orDash,
            ])
        }
        return table.text
    }

    /// Names with commas between them; of many only the first, and how many more there are.
    private static func list(_ names: [String]) -> String {
        var text = ""
        for (index, name) in names.enumerated() {
            if index > 0, text.count + name.count > 40 { return "\(text),+\(names.count - index)" }
            text += index > 0 ? ",\(name)" : name
        }
        return text
    }

    private var queueTable: String {
        var table = TextTable(columns: [
            .init(title: "HOST"), .init(title: "QUEUE"), .init(title: "NODES(F/T)", isNumber: true),
            .init(title: "MAXTIME", isNumber: true), .init(title: "MAXCPU", isNumber: true),
            .init(title: "MAXCOUNT", isNumber: true), .init(title: "MAXRUN", isNumber: true),
            .init(title: "MAXJOBS", isNumber: true), .init(title: "STATUS"), .init(title: "DISPATCH"),
            .init(title: "PRIORITY"), .init(title: "ACCESS"),
        ])
        for row in rows {
            guard case .success(let facts) = row.result else { continue }
            for queue in facts.namedQueues {
                func number(_ name: String) -> String { "\(facts.integer(name, at: queue.index))" }
                func text(_ name: String) -> String { facts.text(name, at: queue.index) ?? "-" }
                table.rows.append([
                    row.name, queue.name, "\(facts.freeNodes(of: queue))/\(number("QUEUE_NODECOUNT"))",
                    number("QUEUE_MAXTIME"), number("QUEUE_MAXCPUTIME"), number("QUEUE_MAXCOUNT"),
                    number("QUEUE_MAXRUNNINGJOBS"), number("QUEUE_MAXJOBSINQUEUE"), text("QUEUE_STATUS"),
                    text("QUEUE_DISPATCHTYPE"), text("QUEUE_PRIORITY"),
                    // ":atlas:cms:"
                    facts.text("QUEUE_ACCESS", at: queue.index)?.split(separator: ":").joined(separator: ",") ?? "-",
                ])
            }
        }
        return table.text
    }

    // MARK: JSON

    /// One object per host: `host`, `driver`, and either `attributes` and `queues` or `error`.
    var json: String {
        let hosts = rows.map { row -> JSON in
            switch row.result {
            case .failure(let failure):
                .members(["host": .text(row.name), "driver": .text(row.driver), "error": .text("\(failure)")])
            case .success(let facts):
                .members([
                    "host": .text(row.name), "driver": .text(row.driver),
                    "attributes": HostReport.object(facts.attributes),
                    "queues": .list(facts.queues.keys.sorted().map { HostReport.object(facts.queues[$0] ?? []) }),
                ])
            }
        }
        return JSON.members(["hosts": .list(hosts)]).encoded() + "\n"
    }

    private static func object(_ attributes: [HostFacts.Attribute]) -> JSON {
        .object(
            attributes.map { attribute in
                switch attribute.value {
                case .integer(let number): JSON.Member(name: attribute.name, value: .integer(number))
                case .text(let text): JSON.Member(name: attribute.name, value: .text(text))
                }
            })
    }
}

extension String {
    /// A dash for nothing.
    fileprivate var orDash: String { isEmpty ? "-" : self }
}
