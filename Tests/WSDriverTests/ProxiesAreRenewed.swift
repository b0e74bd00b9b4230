import Foundation
import TestSupport
import Testing

/// Renewals that a container refuses.
@Suite struct ProxiesAreRenewed {
    /// A job that runs with a proxy of its own.
    private func running(_ gt: String) async throws -> (grid: WSGrid, talk: Talk, proxy: String) {
        let grid = try await WSGrid(gt)
        let proxy = grid.folder.path + "/proxy.pem"
        try await Testbed.run(["proxy", proxy])
        let talk = try await grid.driver("", ["X509_USER_PROXY": proxy])
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        return (grid, talk, proxy)
    }

    private func renew(_ proxy: String) async throws {
        try await Testbed.run(["proxy", "--hours 20", proxy + ".new"])
        try FileManager.default.removeItem(atPath: proxy)
        try FileManager.default.moveItem(atPath: proxy + ".new", toPath: proxy)
    }

    @Test(arguments: ["4.0", "4.2"]) func aRenewalThatIsRefusedIsRepeated(gt: String) async throws {
        let (grid, talk, proxy) = try await running(gt)
        try await grid.container.set(
            #"{"rules": [{"on": "refreshRequest", "do": "fault", "fault": "authorisation", "times": 2}]}"#)
        try await renew(proxy)
        #expect(try await talk.hear("TIMER - SUCCESS the job").hasSuffix("has the renewed proxy certificate"))
        #expect(try await grid.container.counts()["refreshRequest"] == 3)
    }

    @Test(arguments: ["4.0", "4.2"]) func aRenewalThatFailsForGoodIsTold(gt: String) async throws {
        let (grid, talk, proxy) = try await running(gt)
        try await grid.container.set(#"{"rules": [{"on": "refreshRequest", "do": "fault", "fault": "resource"}]}"#)
        try await renew(proxy)
        #expect(try await talk.hear("TIMER - SUCCESS the job").contains("does not get the renewed proxy certificate"))
    }
}
