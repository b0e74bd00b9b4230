import Foundation
import TestSupport
import Testing

/// One of each request that the driver knows to send, to a container that is really one or only checks.
struct Conversation {
    let testbed: Testbed
    let gt: String
    /// Where jobs are submitted.
    let contact: String
    let folder: TemporaryDirectory
    /// Whether the proxy is renewed while a job runs.
    var isRenewing = true

    /// All that a description can hold, in gwd's manner. The program does not exist, so that the job fails.
    private static let everything = """
        <job> <executable>/nonexistent</executable> <environment> <name>GW_USER</name> <value>a &amp; b</value></environment>
        <environment><name>GW_JOB_ID</name><value>7</value></environment> <stdout>/dev/null</stdout>
        <stderr>/dev/null</stderr> <count>2</count> <jobType>multiple</jobType> <queue>dque</queue>
        <argument>-c</argument> <argument>a &lt; b</argument> <directory>/tmp</directory> <stdin>/dev/null</stdin>
        <libraryPath>/usr/lib</libraryPath> <hostCount>1</hostCount> <project>p</project> <maxTime>10</maxTime>
        <maxWallTime>10</maxWallTime> <maxCpuTime>10</maxCpuTime> <maxMemory>100</maxMemory> <minMemory>10</minMemory>
        <fileStageIn><maxAttempts>3</maxAttempts><transfer><sourceUrl>gsiftp://h/a</sourceUrl>
        <destinationUrl>file:///tmp/a</destinationUrl></transfer></fileStageIn>
        <fileStageOut><transfer><sourceUrl>file:///tmp/b</sourceUrl><destinationUrl>gsiftp://h/b</destinationUrl>
        </transfer></fileStageOut>
        <fileCleanUp><deletion><file>file:///tmp/c</file></deletion></fileCleanUp></job>
        """
    private static let long = """
        <job><executable>/bin/sleep</executable><argument>300</argument><stdout>/dev/null</stdout>
        <stderr>/dev/null</stderr><count>1</count><jobType>single</jobType></job>
        """

    private func driver(_ options: String = "") async throws -> Talk {
        let talk = try Talk(
            "gw_em_mad_ws",
            .init(
                ["--gt \(gt) --poll-interval 1 \(options)"],
                environment: testbed.variables.merging(["X509_USER_PROXY": proxy]) { $1 }, directory: folder.path))
        #expect(try await talk.ask("INIT 200 - -") == "INIT - SUCCESS -")
        return talk
    }

    private var proxy: String { folder.path + "/proxy.pem" }

    /// Carries all of it out.
    /// - Parameter isKept: whether the server was asked to keep the record of a job that was taken up.
    /// - Returns: the driver that may still be removing what is left of the jobs.
    func carryOut(untilKept isKept: () async throws -> Bool) async throws -> Talk {
        try await Testbed.run(["proxy", proxy])
        let first = try await driver()
        _ = try await first.submit(0, to: contact, try folder.write("everything.rsl", Conversation.everything))
        #expect(try await first.hear("CALLBACK 0 FAILURE").contains("/nonexistent"))

        let job = try await first.submit(1, to: contact, try folder.write("long.rsl", Conversation.long))
        try await first.hear("ACTIVE", of: 1)
        #expect(try await first.hear("POLL", after: "POLL 1 - -") == "POLL 1 SUCCESS ACTIVE")
        if isRenewing {
            try await Testbed.run(["proxy", "--hours 20", proxy + ".new"])
            try FileManager.default.removeItem(atPath: proxy)
            try FileManager.default.moveItem(atPath: proxy + ".new", toPath: proxy)
            #expect(try await first.hear("TIMER - SUCCESS the job").hasSuffix("has the renewed proxy certificate"))
        }
        first.say("FINALIZE - - -")
        #expect(try await first.finish() == 0)

        // A job that is taken up gets a newer credential at once.
        let second = try await driver(isRenewing ? "" : "--delegation none")
        #expect(try await second.hear("RECOVER", after: "RECOVER 5 \(job) -") == "RECOVER 5 SUCCESS ACTIVE")
        #expect(try await eventually(isKept))
        #expect(try await second.hear("CANCEL", after: "CANCEL 5 - -") == "CANCEL 5 SUCCESS -")
        try await second.hear("FAILED", of: 5)

        // Its credential goes with it, other than that of a job that was taken up.
        _ = try await second.submit(6, to: contact, try folder.write("other.rsl", Conversation.long))
        #expect(try await second.hear("CANCEL", after: "CANCEL 6 - -") == "CANCEL 6 SUCCESS -")
        try await second.hear("FAILED", of: 6)
        return second
    }
}
