import Foundation
import TestSupport
import Testing

/// INIT in all its forms: a server of our own, somebody else's, none, and what can be wrong with them.
@Suite struct InitTellsTheURL {
    private let grid: Testbed
    private let directory: TemporaryDirectory

    init() async throws {
        grid = try await Testbed.shared()
        directory = try TemporaryDirectory()
    }

    private func answer(_ options: String, _ environment: [String: String] = [:]) async throws -> String {
        let talk = try Talk(
            "gw_tm_mad_dummy", .init([options], environment: grid.variables.merging(environment) { $1 }))
        let answer = try await talk.ask("INIT 200 - - - -")
        talk.closeInput()
        _ = try await talk.finish()
        return answer
    }

    @Test func theServerOfOurOwnIsThereWhenInitIsAnswered() async throws {
        let secure = try await StagingTalk("-g")
        #expect(secure.url.hasPrefix("https://\(grid["GLOBUS_HOSTNAME"]):"))
        _ = try Caller(secure.port)
        let open = try await StagingTalk("-i")
        #expect(open.url.hasPrefix("http://"))
        #expect(open.talk.complaints.contains("event=insecure"))
    }

    @Test func somebodyElsesServerIsNamedAsGwdWantsIt() async throws {
        let url = grid["TESTBED_GSIFTP"]
        let escaped = url.replacingOccurrences(of: ":", with: "\\:")
        for option in [
            "-u \(url)", " -u \(url)", "-u \(url)/", "-u \(url)//", "-u \(escaped)", "--url=\(url)", "-g -u \(url)",
        ] {
            #expect(try await answer(option) == "INIT - - SUCCESS \(url)", "\(option)")
        }
        #expect(try await answer("-u \(url)/~/dir/") == "INIT - - SUCCESS \(url)/~/dir")
    }

    @Test func withoutAnOptionThereIsNoURL() async throws {
        #expect(try await answer("") == "INIT - - SUCCESS -")
    }

    @Test func aServerThatIsNotThereFailsInit() async throws {
        let port = try Caller.freePort()
        let reply = try await answer("-u gsiftp://localhost:\(port)")
        #expect(reply.hasPrefix("INIT - - FAILURE nobody listens at localhost:\(port)"))
        #expect(try await answer("-u gsiftp://no-such-host.invalid").contains("FAILURE cannot reach the server of"))
    }

    @Test(arguments: [
        "nonsense", "gsiftp://", "gsiftp:/host", "gopher://host", "gsiftp://host:0", "gsiftp://host:99999",
    ])
    func whatIsNoURLFailsInit(url: String) async throws {
        #expect(try await answer("-u \(url)").hasPrefix("INIT - - FAILURE --url '\(url)' "))
    }

    @Test func aMissingOrExpiredProxyIsNamed() async throws {
        let reply = try await answer("-g", ["X509_USER_PROXY": "/no/such/proxy"])
        #expect(reply.contains("FAILURE") && reply.contains("no proxy certificate at /no/such/proxy"))
        let proxy = directory.path + "/expired.pem"
        try await Testbed.run(["proxy", "--expired", proxy])
        let other = try await answer("-g", ["X509_USER_PROXY": proxy])
        #expect(other.contains("FAILURE") && other.contains(proxy) && other.contains(" expired "))
        let talk = try Talk(
            "gw_tm_mad_dummy", .init(["-g"], environment: grid.variables.merging(["X509_USER_PROXY": proxy]) { $1 }))
        talk.say("INIT 200 - - - -")
        #expect(try await talk.finish() == 77)
    }

    @Test func thePortComesFromTheRangeOrTheOption() async throws {
        let port = try Caller.freePort()
        let ranged = try await StagingTalk(environment: ["GLOBUS_TCP_PORT_RANGE": "\(port),\(port + 1)"])
        #expect((port...port + 1).contains(ranged.port))
        let second = try await StagingTalk(environment: ["GLOBUS_TCP_PORT_RANGE": "\(port) \(port + 1)"])
        #expect((port...port + 1).contains(second.port) && second.port != ranged.port)
        let third = try await answer("-g", ["GLOBUS_TCP_PORT_RANGE": "\(port),\(port + 1)"])
        #expect(third.contains("FAILURE") && third.contains("GLOBUS_TCP_PORT_RANGE \(port),\(port + 1) is in use"))
        #expect(try await answer("-g --port \(ranged.port)").contains("cannot open port \(ranged.port)"))
        #expect(try await answer("-g", ["GLOBUS_TCP_PORT_RANGE": "many"]).contains("GLOBUS_TCP_PORT_RANGE is 'many'"))
    }

    @Test func aDirectoryToAllowMustBeThere() async throws {
        let reply = try await answer("-g --allow /no/such/directory")
        #expect(reply.hasPrefix("INIT - - FAILURE --allow /no/such/directory"))
        #expect(try await answer("-g --allow /etc/passwd").contains("FAILURE --allow /etc/passwd is not a directory"))
    }
}
