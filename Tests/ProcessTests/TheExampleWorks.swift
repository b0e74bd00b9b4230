import Foundation
import TestSupport
import Testing

/// `docs/writing-a-driver.md` shows a whole driver; it is the one that is built, and it works.
@Suite struct TheExampleWorks {
    private func text(_ path: String) throws -> String {
        try String(contentsOf: Testbed.root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test func theGuideShowsTheSourceThatIsBuilt() throws {
        let source = try text("examples/driver/LocalMachine.swift")
        #expect(try text("docs/writing-a-driver.md").contains("```swift\n\(source)```"))
    }

    @Test func theExampleTellsAboutThisMachine() async throws {
        let talk = try Talk("gw_im_mad_local", Talk.Start(["-n here.example.org"]))
        #expect(try await talk.ask("INIT - - -") == "INIT - SUCCESS -")
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS here.example.org")
        let reply = try await talk.ask("MONITOR 4 here.example.org -")
        #expect(reply.hasPrefix("MONITOR 4 SUCCESS HOSTNAME=\"here.example.org\""))
        #expect(reply.contains("OS_NAME=\"Linux\"") && reply.contains("QUEUE_NAME[0]=\"default\""))
        #expect(
            try await talk.ask("MONITOR 5 there -") == "MONITOR 5 FAILURE there is not this machine (here.example.org)")
    }
}
