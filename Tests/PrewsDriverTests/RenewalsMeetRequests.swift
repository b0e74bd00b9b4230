import Foundation
import Glibc
import TestSupport
import Testing

/// A proxy that is renewed while requests are on their way.
@Suite struct RenewalsMeetRequests {
    /// A request that had begun and the adoption of a new proxy once waited for each other, for ever.
    @Test func everySubmissionIsAnsweredHoweverOftenTheProxyIsRenewed() async throws {
        let grid = try await JobGrid()
        let proxy = try await grid.credential(as: "proxy.pem")
        let talk = try await grid.driver("--poll-interval 1000", ["X509_USER_PROXY": proxy])
        let document = try grid.description("&(executable=/bin/true)")
        let jobs = 0..<400
        // Nobody listens there, so each request goes the whole way to the library and is over at once.
        for job in jobs { talk.say("SUBMIT \(job) localhost:1/jobmanager-fork \(document)") }
        for job in jobs {
            // The file's time is what tells a renewed proxy.
            _ = utimensat(AT_FDCWD, proxy, nil, 0)
            #expect(try await talk.hear("SUBMIT \(job) ").contains("nobody listens at port 1 of localhost"))
        }
    }
}
