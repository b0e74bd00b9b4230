import MADKit

/// The verdicts on one information driver, as lines or as JSON.
struct CheckReport {
    /// How grave a verdict is.
    enum Level: String {
        case fine = "ok"
        case warning = "warn"
        case failure = "FAIL"
    }

    /// One verdict.
    struct Verdict: Equatable {
        let level: Level
        /// What was looked at.
        let subject: String
        let text: String
    }

    let driver: String
    private(set) var verdicts: [Verdict] = []
    let hasStarted: Bool

    /// True when gwd can work with the driver.
    var isUsable: Bool { verdicts.allSatisfy { $0.level != .failure } }

    /// Judges what was found. Each verdict rests on the one before: after a failure that leaves nothing to look at, none
    /// follows.
    init(driver: String, findings: InformationFindings) {
        self.driver = driver
        hasStarted = findings.startTime != nil
        judge(findings)
        if findings.defects > 0 {
            add(.failure, "protocol", "\(findings.defects) times gwd would have misread the driver, see the messages")
        } else if hasStarted {
            add(.fine, "protocol", "nothing that gwd would misread")
        }
    }

    private mutating func add(_ level: Level, _ subject: String, _ text: String) {
        verdicts.append(Verdict(level: level, subject: subject, text: text))
    }

    private mutating func judge(_ findings: InformationFindings) {
        guard let startTime = findings.startTime else {
            return add(.failure, "start", findings.refusal ?? "the driver does not start")
        }
        add(.fine, "start", "INIT answered after \(startTime.inSeconds)")
        if let refusal = findings.refusal {
            judge(refusal: refusal, hasHosts: !findings.hosts.isEmpty)
            if findings.hosts.isEmpty { return }
        } else if let time = findings.discoverTime, findings.failures.isEmpty || !findings.answers.isEmpty {
            add(.fine, "server", "DISCOVER answered after \(time.inSeconds)")
        } else {
            // A list of hosts names them without any server.
            add(.failure, "server", "DISCOVER names hosts, but MONITOR fails for each of them")
        }
        guard !findings.hosts.isEmpty else {
            add(.failure, "schema", "the server answers, but has no host for the driver: other schema, base or filter?")
            return add(.failure, "hosts", "none")
        }
        if !findings.answers.isEmpty {
            let queues = findings.queues
            add(
                queues > 0 ? .fine : .failure, "schema",
                queues > 0 ? "attributes of hosts and queues are there" : "attributes of hosts are there, but no queue")
        }
        add(.fine, "hosts", "\(findings.hosts.count)")
        judgeAnswers(findings)
        judgeAttributes(findings)
    }

    /// A DISCOVER that failed: the server, or what it holds.
    private mutating func judge(refusal: String, hasHosts: Bool) {
        let speaksOfBase = ["No such object", "Invalid DN", "Undefined attribute", "Bad search filter"]
            .contains { refusal.contains($0) }
        if speaksOfBase {
            add(.fine, "server", "it answers")
            add(.failure, "schema", refusal)
        } else {
            add(.failure, "server", refusal)
        }
        if !hasHosts { add(.failure, "hosts", "none") }
    }

    /// More reasons than this are not worth reading.
    private static let mostReasons = 5

    private mutating func judgeAnswers(_ findings: InformationFindings) {
        let text = "\(findings.answers.count) of \(findings.hosts.count) hosts answer MONITOR"
        if findings.failures.isEmpty { return add(.fine, "answers", text) }
        add(findings.answers.isEmpty ? .failure : .warning, "answers", text)
        let level = findings.answers.isEmpty ? Level.failure : .warning
        for (reason, count, example) in findings.reasons.prefix(CheckReport.mostReasons) {
            let who = count == 1 ? example : "\(count) hosts, \(example) among them"
            add(level, "answers", "\(who): \(reason)")
        }
        let rest = findings.reasons.count - CheckReport.mostReasons
        if rest > 0 { add(level, "answers", "\(rest) other reasons") }
    }

    private mutating func judgeAttributes(_ findings: InformationFindings) {
        guard !findings.answers.isEmpty else { return }
        let unusable = findings.unusable
        if let example = unusable.first?.name {
            add(
                unusable.count == findings.answers.count ? .failure : .warning, "attributes",
                "\(unusable.count) of \(findings.answers.count) hosts cannot be given a job, for want of LRMS_NAME or "
                    + "a queue, \(example) among them")
        }
        let lacks = findings.lacksOfHosts.map { ($0, "hosts") } + findings.lacksOfQueues.map { ($0, "queues") }
        for (lack, kind) in lacks {
            let example = lack.count < lack.total ? lack.example.map { ", on \($0) for one" } ?? "" : ""
            add(
                .warning, "attributes",
                "\(lack.attribute) is missing in \(lack.count) of \(lack.total) \(kind)\(example)")
        }
        if unusable.isEmpty, lacks.isEmpty { add(.fine, "attributes", "none missing") }
    }

    // MARK: Forms

    /// For people: the driver's name and a line for each verdict.
    var text: String {
        let indentation = String(repeating: " ", count: 20)
        return "\(driver)\n".shown
            + verdicts.map { verdict in
                // A failure may tell of several lines of stderr.
                let lines = verdict.text.shown.split(separator: "\n", omittingEmptySubsequences: false)
                return "  \(verdict.level.rawValue.padded(to: 4))  \(verdict.subject.padded(to: 10))  "
                    + lines.joined(separator: "\n\(indentation)") + "\n"
            }.joined()
    }

    /// For programs: an object with a list of drivers, each with its verdicts.
    static func json(_ reports: [CheckReport]) -> String {
        let drivers = reports.map { report in
            let verdicts = report.verdicts.map { verdict in
                JSON.members([
                    "subject": .text(verdict.subject), "level": .text(verdict.level.rawValue.lowercased()),
                    "text": .text(verdict.text),
                ])
            }
            return JSON.members(["driver": .text(report.driver), "verdicts": .list(verdicts)])
        }
        return JSON.members(["drivers": .list(drivers)]).encoded() + "\n"
    }
}
