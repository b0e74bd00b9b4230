import Foundation
import TestSupport
import Testing

/// Proxies that are missing, old, wrong or new.
@Suite struct CredentialTests {
    private let grid: Testbed
    private let directory: TemporaryDirectory

    init() async throws {
        grid = try await Testbed.shared()
        directory = try TemporaryDirectory()
    }

    private var proxy: String { directory.path + "/proxy.pem" }

    private func refusal(_ proxy: String) async throws -> (answer: String, status: Int32) {
        let talk = try Talk("gw_tm_mad_ftp", .grid(grid, [], ["X509_USER_PROXY": proxy]))
        let answer = try await talk.ask("INIT 200 - - - -")
        return (answer, try await talk.finish())
    }

    @Test func aMissingProxyFailsINITAndIsNamed() async throws {
        let (answer, status) = try await refusal("/nonexistent/proxy")
        #expect(answer.hasPrefix("INIT - - FAILURE no proxy certificate at /nonexistent/proxy: No such file"))
        #expect(status == 77)
    }

    @Test func anExpiredProxyFailsINITAndIsNamed() async throws {
        try await Testbed.run(["proxy", "--expired", proxy])
        let (answer, _) = try await refusal(proxy)
        #expect(answer.hasPrefix("INIT - - FAILURE the proxy certificate \(proxy) of ") && answer.contains(" expired "))
    }

    @Test func aProxyThatOthersMayReadFailsINITAndIsNamed() async throws {
        try await Testbed.run(["proxy", proxy])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: proxy)
        let (answer, _) = try await refusal(proxy)
        #expect(answer.contains("INIT - - FAILURE the proxy certificate \(proxy) is open to other users"))
    }

    @Test func aCredentialThatTheServerDoesNotTrustIsReportedWithItsReason() async throws {
        try await Testbed.run(["credential", "foreign", proxy])
        let job = try await GridTalk(environment: ["X509_USER_PROXY": proxy])
        let answer = try await job.ask("MKDIR 0 - - \(job.remote) - ")
        #expect(answer.contains("FAILURE") && answer.contains("trusted CA certificate") && answer.contains(job.remote))
    }

    @Test func aRefusedLoginIsTheReasonOfEveryRequest() async throws {
        try await Testbed.run(["credential", "other", proxy])
        let job = try await GridTalk(environment: ["X509_USER_PROXY": proxy])
        for verb in ["RMDIR", "MKDIR", "EXISTS"] {
            let answer = try await job.ask("\(verb) 0 - - \(job.remote) - ")
            #expect(answer.contains(" FAILURE ") && answer.contains("Gridmap lookup failure"), "\(answer)")
        }
        // A server that tells the reason once and then hangs up.
        let server = try FaultServer(
            .init(reply: { $0.hasPrefix("PASS") ? "530 the account is locked\r\n" : nil }, commandsBeforeGoodbye: 2))
        let answer = try await job.ask("RMDIR 0 - - \(server.url("/a/b/")) - ")
        #expect(answer.hasPrefix("RMDIR 0 - FAILURE the account is locked"), "\(answer)")
    }

    @Test func aServerThatWeDoNotTrustIsReportedWithTheReason() async throws {
        let job = try await GridTalk(environment: ["X509_CERT_DIR": directory.path])
        let answer = try await job.ask("MKDIR 0 - - \(job.remote) - ")
        #expect(answer.contains("FAILURE") && answer.contains("trusted CA certificate") && answer.contains(job.remote))
    }

    @Test func aRenewedProxyIsUsedForTheNextRequest() async throws {
        // A user whom the server does not know, then one whom it knows, then the first again.
        try await Testbed.run(["credential", "other", proxy])
        let job = try await GridTalk(environment: ["X509_USER_PROXY": proxy])
        let home = job.grid["TESTBED_GSIFTP"] + "/~/"
        #expect(try await job.ask("EXISTS 0 - - \(home) - ").contains("Gridmap lookup failure"))
        try await Testbed.run(["proxy", proxy])
        try await job.expect("EXISTS 0 - - \(home) - ", "EXISTS 0 - SUCCESS -")
        try await Testbed.run(["credential", "other", proxy])
        #expect(try await job.ask("EXISTS 0 - - \(home) - ").contains("Gridmap lookup failure"))
    }

    @Test func aProxyThatExpiresMeanwhileIsNamedAndARenewedOneHeals() async throws {
        try await Testbed.run(["proxy", proxy])
        let job = try await GridTalk(environment: ["X509_USER_PROXY": proxy])
        let home = job.grid["TESTBED_GSIFTP"] + "/~/"
        try await job.expect("EXISTS 0 - - \(home) - ", "EXISTS 0 - SUCCESS -")
        try await Testbed.run(["proxy", "--expired", proxy])
        let answer = try await job.ask("EXISTS 0 - - \(home) - ")
        #expect(
            answer.hasPrefix("EXISTS 0 - FAILURE the proxy certificate \(proxy) of ") && answer.contains(" expired "))
        try FileManager.default.removeItem(atPath: proxy)
        #expect(try await job.ask("EXISTS 0 - - \(home) - ").contains("no proxy certificate at \(proxy)"))
        try await Testbed.run(["proxy", proxy])
        try await job.expect("EXISTS 0 - - \(home) - ", "EXISTS 0 - SUCCESS -")
    }

    @Test func limitedProxiesServe() async throws {
        try await Testbed.run(["proxy", "--limited", proxy])
        let job = try await GridTalk(environment: ["X509_USER_PROXY": proxy])
        try await job.prepare()
        #expect(try await job.copy("file:///etc/hostname", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
        try await job.finish()
    }
}
