import Directory
import Foundation
import MADKit
import TestSupport
import Testing

/// One bulk read answers a cycle; a few hosts are asked for one by one.
@Suite struct LDAPSnapshotsAreKept {
    /// How often everything was read, by the log.
    private static func searches(_ talk: Talk) -> Int {
        talk.complaints.components(separatedBy: "event=snapshot").count - 1
    }

    @Test func manyHostsAreReadAtOnce() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:60x2", "glue2-plain:60x2")
        for schema in ["glue1", "glue2"] {
            let talk = try await Talk.driver(
                "gw_im_mad_bdii", "-s \(server.address) --schema \(schema) --log-level info --gwd 5.14")
            let hosts = try await talk.discover()
            #expect(hosts.count == 60)
            for (number, host) in hosts.enumerated() { talk.say("MONITOR \(number) \(host) -") }
            for number in hosts.indices {
                let answer = try await talk.hear("MONITOR \(number) ")
                #expect(answer.contains("SUCCESS HOSTNAME=\"\(hosts[number])\""), "\(answer)")
            }
            #expect(Self.searches(talk) == 1)
        }
    }

    @Test func fewHostsAreAskedForOneByOne() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:5x2")
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address) --log-level info")
        for host in try await talk.discover() { _ = try await talk.monitor(host) }
        #expect(Self.searches(talk) == 0)
    }

    /// What names the hosts describes them as well; a second reading would tell nothing new.
    @Test(arguments: ["glue1 --snapshot always", "glue2"])
    func aCycleIsOneReading(schema: String) async throws {
        let server = try await TestSupport.DirectoryServer("glue1:60x2", "glue2:60x2")
        let talk = try await Talk.driver(
            "gw_im_mad_bdii", "-s \(server.address) --log-level info --gwd 5.14 --schema \(schema)")
        let hosts = try await talk.discover()
        #expect(Self.searches(talk) == 1)
        for host in hosts { _ = try await talk.monitor(host, queueText: 1_000) }
        #expect(Self.searches(talk) == 1)
        let plain = try await Talk.driver(
            "gw_im_mad_bdii", "-s \(server.address) --schema \(schema) --snapshot never")
        #expect(try await plain.discover().sorted() == hosts.sorted())
    }

    /// A filter on what names hosts cannot be answered from what describes them.
    @Test func filtersOnHostsAreAskedOfTheServer() async throws {
        let server = try await TestSupport.DirectoryServer("glue1:60x2", "glue2:60x2")
        for (schema, filter) in [
            ("glue1", "GlueCEInfoHostName=*1*"), ("glue2", "GLUE2EndpointURL=https://*1*"),
            ("glue2", "GLUE2EndpointURL=nosuch"),
        ] {
            let talk = try await Talk.driver(
                "gw_im_mad_bdii", "-s \(server.address) --schema \(schema) --snapshot always -f \(filter)")
            let hosts = try await talk.discover()
            #expect(hosts.allSatisfy { $0.contains("1") })
            #expect((1..<60).contains(hosts.count) || filter.hasSuffix("nosuch") && hosts.isEmpty, "\(hosts)")
        }
    }

    /// Without discovery, the number of hosts asked for tells.
    @Test func manyHostsAreNoticedWhileTheyAreAskedFor() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:60x1")
        let hosts = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)").discover()
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address) --log-level info")
        for host in hosts { _ = try await talk.monitor(host) }
        #expect(Self.searches(talk) == 1)
    }

    @Test func aSnapshotIsReadAgainWhenItIsTooOld() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:3x1")
        let talk = try await Talk.driver(
            "gw_im_mad_bdii", "-s \(server.address) --snapshot always --snapshot-age 1 --log-level info")
        let began = ContinuousClock.now
        let host = try #require(try await talk.discover().first)
        while Self.searches(talk) < 2, ContinuousClock.now - began < .seconds(20) { _ = try await talk.monitor(host) }
        #expect(ContinuousClock.now - began >= .seconds(1))
        #expect(Self.searches(talk) == 2)
    }

    @Test func anAnswerThatNeedsMoreRoomThanThereIsIsCut() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:60x2")
        let client = DirectoryClient()
        func answer(_ room: Int) async throws -> DirectoryAnswer {
            try await client.answer(
                to: DirectorySearch(
                    base: "o=grid", filter: .isA("GlueCE"), attributes: AttributeNames(["GlueCEUniqueID"]), room: room),
                of: .init(host: server.host, port: 2170), before: .now + .seconds(20))
        }
        let whole = try await answer(1 << 20)
        #expect(whole.cut == nil && whole.entries.count == 120)
        let cut = try await answer(4_000)
        #expect(cut.cut == .room(4_000) && (1..<120).contains(cut.entries.count))
        // The connection serves on.
        #expect(try await answer(1 << 20).entries.count == 120)
    }

    @Test func everyQuestionAtOnceIsAnsweredOnce() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:40x4")
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        let hosts = try await talk.discover()
        let requests = 2_000
        await talk.sendPatiently(
            Array((0..<requests).map { "MONITOR \($0) \(hosts[$0 % hosts.count]) -\n" }.joined().utf8))
        var heard: Set<String> = []
        for _ in 0..<requests {
            let answer = try await talk.hear("MONITOR ")
            #expect(answer.contains(" SUCCESS "), "\(answer)")
            heard.insert(String(answer.split(separator: " ")[1]))
        }
        #expect(heard.count == requests)
        // No process was started for any of them.
        let children = try? String(contentsOfFile: "/proc/\(talk.pid)/task/\(talk.pid)/children", encoding: .utf8)
        #expect(children ?? "" == "")
    }

    @Test func anIdleDriverWithAConnectionDoesNotWakeUp() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:3x1")
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        let host = try #require(try await talk.discover().first)
        _ = try await talk.monitor(host)
        #expect(try await Processes.comeToRest([talk.pid], pause: .seconds(3), rounds: 5), "it keeps waking up")
    }
}
