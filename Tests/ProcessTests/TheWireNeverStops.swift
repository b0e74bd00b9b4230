import Foundation
import TestSupport
import Testing

/// Contract 3 and 14: stdin is drained while nobody reads stdout; idle means idle.
@Suite struct TheWireNeverStops {
    @Test func fourThousandCopiesAreTakenWhileNobodyReadsAndNoneIsLost() async throws {
        var requests = "INIT 200 - - - -\n"
        for job in 0..<200 {
            requests += "START \(job) - - - - \n"
            for id in 0..<20 {
                requests += "CP \(job) \(id) - file:///home/u/job/in\(id) gsiftp://h/~/.gw_u_\(job)/in\(id)\n"
            }
        }
        let talk = try Talk("mad_probe", Talk.Start(staysUnread: true))
        let started = ContinuousClock.now
        await talk.sendPatiently(Array(requests.utf8))
        #expect(ContinuousClock.now - started < .seconds(5))
        talk.closeInput()
        talk.startReading()
        #expect(try await talk.finish() == 0)
        let lines = talk.transcript
        #expect(lines.count == 1 + 200 + 4_000)
        #expect(Set(lines).count == lines.count)
        #expect(lines.allSatisfy { $0.contains(" SUCCESS ") })
    }

    @Test func anIdleDriverDoesNotWakeUp() async throws {
        let talk = try Talk("mad_probe", Talk.Start(environment: ["MAD_PROBE": "transfer"]))
        _ = try await talk.ask("INIT 200 - - - -")
        _ = try await talk.ask("START 1 - - - -")
        _ = try await talk.ask("CP 1 0 - probe:sleep/10 b")
        // Swift's own threads linger for some seconds before they end.
        #expect(try await Processes.comeToRest([talk.pid], pause: .seconds(3), rounds: 10))
    }

    @Test func sharedDescriptorsStayBlocking() async throws {
        let talk = try Talk("mad_probe")
        _ = try await talk.ask("INIT 200 - - - -")
        for descriptor in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(talk.pid)/fd") {
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(talk.pid)/fd/\(descriptor)")
            let info = try String(contentsOfFile: "/proc/\(talk.pid)/fdinfo/\(descriptor)", encoding: .utf8)
            let flags = info.split(separator: "\n").first { $0.hasPrefix("flags:") }?.split(separator: "\t").last ?? "0"
            guard let target, target.hasPrefix("pipe:") else { continue }
            let isOurs = try #require(Int(flags, radix: 8)) & 0o4000 != 0
            // Only the pipe between signal handler and reader, both of whose ends are the driver's, is non-blocking.
            if isOurs { #expect(try holders(of: target, in: talk.pid) == 2) }
        }
    }

    private func holders(of target: String, in pid: Int32) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)")) == target
        }.count
    }
}
