import Foundation
import TestSupport
import Testing

@testable import gwmad

@Suite struct CheckTests {
    private let stage: Stage

    init() throws { stage = try Stage() }

    private func check(_ im: String, _ options: [String] = []) async throws -> Stage.Outcome {
        let words = im.split(separator: " ").map(String.init)
        return try await stage.run(
            ["check"] + options + ["--", "mad_stand_in", "im", "home=\(stage.home.path)"] + words)
    }

    @Test func aDriverThatGWDCanWorkWithIsFine() async throws {
        let outcome = try await check("hosts=a.test,b.test,c.test page=2")
        #expect(outcome.status == 0, "\(outcome.messages)")
        let text = outcome.output.joined(separator: "\n")
        #expect(text.hasPrefix("mad_stand_in (IM_MAD mad_stand_in)\n  ok    start"))
        for line in [
            "ok    server", "ok    schema", "ok    hosts       3", "ok    answers     3 of 3", "ok    protocol",
        ] {
            #expect(text.contains("\n  \(line)"))
        }
        #expect(!text.contains("FAIL") && text.contains("ok    attributes  none missing"))
    }

    @Test(arguments: [("init-failure", 120, "start"), ("init-dies", 120, "start"), ("discover-failure", 121, "server")])
    func aDriverThatCannotWorkIsToldInItsOwnWords(fault: String, status: Int32, subject: String) async throws {
        let outcome = try await check("fault=\(fault)")
        #expect(outcome.status == status)
        #expect(
            outcome.output.dropFirst().contains { $0.hasPrefix("  FAIL  \(subject)") && $0.contains("mad_stand_in") })
        #expect(!outcome.output.contains { $0.contains("ok    hosts") })
    }

    /// The contract asks for it: such a driver is of no more use to gwd.
    @Test func aDriverThatEndsBehindItsINITFailureIsNoDefect() async throws {
        let outcome = try await check("fault=init-failure-and-end")
        #expect(outcome.status == 120)
        #expect(outcome.output.contains { $0.hasPrefix("  FAIL  start") && $0.contains("no host list") })
        #expect(!outcome.messages.contains("defect"), "\(outcome.messages)")
    }

    @Test func hostsOfAListWhoseServersAreDownAreNoSuccess() async throws {
        let outcome = try await check("hosts=a.test,b.test fault=monitor-failure")
        #expect(outcome.status == 121)
        let text = outcome.output.joined(separator: "\n")
        #expect(text.contains("FAIL  server      DISCOVER names hosts, but MONITOR fails for each of them"))
        #expect(text.contains("FAIL  answers     2 hosts, a.test among them: host unreachable (stand-in)"))
    }

    @Test func oneDeadHostIsAWarning() async throws {
        let outcome = try await check("hosts=a.test,b.test broken=a.test")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("  warn  answers     1 of 2 hosts answer MONITOR"))
        #expect(outcome.output.contains("  warn  answers     a.test: host unreachable (stand-in)"))
    }

    @Test func missingAttributesAreNamed() async throws {
        try stage.home.write(
            "told", #"LRMS_NAME="x" CPU_MHZ= CPU_FREE=0 OS_NAME="" QUEUE_NAME[0]="q" QUEUE_STATUS[0]="up""#)
        let outcome = try await check("from=told")
        #expect(outcome.status == 0)
        let text = outcome.output.joined(separator: "\n")
        for name in ["CPU_MHZ", "OS_NAME", "ARCH"] { #expect(text.contains("\(name) is missing in 1 of 1 hosts")) }
        #expect(text.contains("QUEUE_PRIORITY is missing in 1 of 1 queues"))
        for name in ["LRMS_NAME", "CPU_FREE", "QUEUE_STATUS"] { #expect(!text.contains("\(name) is missing")) }
    }

    @Test func hostsWithoutQueuesCannotBeGivenAJob() async throws {
        try stage.home.write("told", #"LRMS_NAME="x" ARCH="y""#)
        let outcome = try await check("from=told")
        #expect(outcome.status == 121)
        let text = outcome.output.joined(separator: "\n")
        #expect(text.contains("FAIL  schema      attributes of hosts are there, but no queue"))
        #expect(text.contains("FAIL  attributes  1 of 1 hosts cannot be given a job"))
    }

    @Test func whatGWDWouldMisreadIsAFailure() async throws {
        let outcome = try await check("generic=200")
        #expect(outcome.status == 121)
        #expect(outcome.output.contains { $0.hasPrefix("  FAIL  protocol    1 times") })
        #expect(outcome.messages.contains("200 generic texts: gwd keeps 134"))
    }

    @Test func everyDriverOfTheConfigurationIsChecked() async throws {
        try stage.home.write(
            "gwd.conf",
            """
            IM_MAD = one:mad_stand_in:im fault=init-failure home=\(stage.home.path)
            IM_MAD = two:mad_stand_in:im hosts=a.test home=\(stage.home.path)
            """)
        let outcome = try await stage.run(["check", "--config", "gwd.conf", "--json"])
        #expect(outcome.status == 120)
        let data = Data(outcome.output.joined(separator: "\n").utf8)
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let drivers = try #require(root["drivers"] as? [[String: Any]])
        #expect(drivers.map { $0["driver"] as? String } == ["mad_stand_in (IM_MAD one)", "mad_stand_in (IM_MAD two)"])
        let verdicts = try #require(drivers[1]["verdicts"] as? [[String: String]])
        #expect(verdicts.first { $0["subject"] == "hosts" } == ["subject": "hosts", "level": "ok", "text": "1"])
        #expect((drivers[0]["verdicts"] as? [[String: String]])?.first?["level"] == "fail")
    }

    /// As gwd.conf has them.
    @Test func argumentsInOneWordAreSeveral() async throws {
        let outcome = try await stage.run(
            ["check", "--", "mad_stand_in", "im home=\(stage.home.path) hosts=a.test,b.test"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.output.contains("  ok    hosts       2"))
    }

    @Test func theDriverIsNamedOnce() async throws {
        #expect(try await stage.run(["check", "--im", "x", "--", "y"]).status == 64)
    }

    /// A base that is not there is another trouble than a server that is not there.
    @Test func aMissingBaseIsNoMissingServer() {
        var findings = InformationFindings()
        findings.startTime = .zero
        findings.refusal = "DISCOVER - - - -> FAILURE: ldap://a.test:2170: No such object, base o=grid"
        let verdicts = CheckReport(driver: "d", findings: findings).verdicts
        #expect(verdicts.map(\.subject) == ["start", "server", "schema", "hosts", "protocol"])
        #expect(verdicts.map(\.level) == [.fine, .fine, .failure, .failure, .fine])
    }

    @Test func aServerWithoutHostsIsReachable() {
        var findings = InformationFindings()
        findings.startTime = .zero
        findings.discoverTime = .milliseconds(20)
        let verdicts = CheckReport(driver: "d", findings: findings).verdicts
        #expect(verdicts.map(\.subject) == ["start", "server", "schema", "hosts", "protocol"])
        #expect(verdicts.map(\.level) == [.fine, .fine, .failure, .failure, .fine])
    }

    @Test func reasonsThatDifferInTheHostAreOne() {
        var findings = InformationFindings()
        findings.failures = [("c.test", "other"), ("b10.test", "b10.test: down"), ("b9.test", "b9.test: down")]
        findings.sort()
        #expect(findings.reasons.map(\.count) == [2, 1])
        #expect(findings.reasons.first?.reason == "HOST: down")
        #expect(findings.reasons.first?.example == "b9.test")
    }
}
