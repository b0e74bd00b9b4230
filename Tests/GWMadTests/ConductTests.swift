import Foundation
import TestSupport
import Testing

/// A whole job, conducted with drivers that do its work without a grid.
@Suite struct ConductTests {
    private let stage: Stage

    init() throws { stage = try Stage() }

    @Test func aJobTravelsWithItsFilesAndBringsThemBack() async throws {
        try stage.home.write("job.sh", "#!/bin/sh\ncat; cat numbers >sum; echo \"$1 $WHO\"; echo oops >&2; exit 7\n")
        try stage.home.write("in.txt", "one\n")
        try stage.home.write("stdin.txt", "from stdin\n")
        let outcome = try await stage.conduct(
            ["-i", "in.txt=numbers", "-o", "sum=result", "--stdin", "stdin.txt", "-e", "WHO=it's me"],
            job: ["./job.sh", "two words"])
        #expect(outcome.status == 7)
        #expect(outcome.output == ["from stdin", "two words it's me"])
        #expect(outcome.messages.contains("\noops\n"))
        #expect(outcome.messages.contains("the job's exit code is 7"))
        #expect(try stage.home.read("result") == "one\n")
        #expect(stage.leftovers() == [])
    }

    @Test func everyPhaseIsInTheTable() async throws {
        let outcome = try await stage.conduct()
        #expect(outcome.status == 0)
        #expect(outcome.output == ["hello"])
        for phase in [
            "find a host", "start drivers", "stage in", "submit", "pending", "active", "stage out", "finalize", "total",
        ] {
            #expect(outcome.messages.contains("\n  \(phase) "), "\(phase)")
        }
        #expect(!outcome.messages.contains("defect"))
    }

    @Test func theConversationIsGwds() async throws {
        let outcome = try await stage.conduct(im: "se=store.test:99", em: "files=store.test:99", ["--trace", "trace"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        let lines = try stage.home.read("trace").split(separator: "\n").filter { $0.contains(" > ") }
        var said = lines.map { line in line.components(separatedBy: " > ").dropFirst().joined(separator: " > ") }
        let job = try #require(said.first { $0.hasPrefix("START") }?.split(separator: " ").dropFirst().first)
        let url = "gsiftp://store.test:99/~/.gw_\(NSUserName())_\(job)"
        let work = try #require(
            said.first { $0.hasPrefix("SUBMIT") }?.components(separatedBy: " ").last?.dropLast("/job.rsl.0|".count))
        said = said.filter { !$0.hasPrefix("DISCOVER") }
        #expect(
            said == [
                "INIT - - -|", "MONITOR 0 host1.test -|", "INIT 100000 - -|", "INIT 100000 - - - -|",
                "START \(job) - - - - |", "RMDIR \(job) - - \(url)/ - |", "MKDIR \(job) - - \(url)/ - |",
                "CP \(job) 0 - file://\(work)/job.env \(url)/job.env|",
                "CP \(job) 3 X file://\(work)/wrapper.sh \(url)/.wrapper|",
                "END \(job) - - - - |", "SUBMIT \(job) host1.test/jobmanager-fork \(work)/job.rsl.0|",
                "START \(job) - - - - |", "CP \(job) 0 - \(url)/stdout.wrapper file://\(work)/stdout.wrapper.0|",
                "CP \(job) 1 - \(url)/stderr.wrapper file://\(work)/stderr.wrapper.0|", "END \(job) - - - - |",
                "START \(job) - - - - |", "CP \(job) 0 - \(url)/stdout.execution file://\(work)/stdout.execution|",
                "CP \(job) 1 - \(url)/stderr.execution file://\(work)/stderr.execution|",
                "RMDIR \(job) - - \(url)/ - |",
                "END \(job) - - - - |", "FINALIZE - - -|", "FINALIZE - - -|", "FINALIZE - - - - -|",
            ])
    }

    @Test func driversStartAsUnderGwd() async throws {
        let options = [
            "--im", "mad_stand_in im home=\(stage.home.path)", "--em", "mad_stand_in em home=\(stage.home.path)",
            "--tm", "t:mad_stand_in:tm home=\(stage.home.path)",
        ]
        #expect(try await stage.run(["run"] + options + ["/bin/true"]).status == 0)
        for kind in ["im", "tm", "em"] {
            let card = try stage.home.read("\(kind).card")
            #expect(card.contains("argv=[\"\(kind) home=\(stage.home.path)\"]"))
            // Information drivers run where gwmad was called, so that relative paths in their arguments hold.
            #expect(card.contains("cwd=\(stage.home.path)\(kind == "im" ? "\n" : "/tmp/gwmad-")"))
            #expect(card.contains(kind == "im" ? "SigBlk:\t0000000000000000" : "SigBlk:\tfffffffe7ffbfeff"))
        }
    }

    @Test func pollAloneIsEnough() async throws {
        let outcome = try await stage.conduct(em: "fault=poll-only", ["--poll", "0.05"])
        #expect(outcome.status == 0)
        #expect(outcome.output == ["hello"])
    }

    @Test func aFailedCallbackMeansCancelledAndTheWrapperDecides() async throws {
        #expect(try await stage.conduct(em: "fault=callback-failed").status == 0)
    }

    @Test func anExitCodeOfTheJobManagerChangesNothing() async throws {
        let outcome = try await stage.conduct(em: "fault=exit-code", job: ["/bin/sh", "-c", "exit 3"])
        #expect(outcome.status == 3)
    }

    @Test func keepLeavesBothDirectories() async throws {
        let outcome = try await stage.conduct(["--keep"])
        #expect(outcome.status == 0)
        #expect(outcome.messages.contains("kept on the host: gsiftp://host1.test/~/.gw_"))
        #expect(stage.leftovers().count == 2)
    }

    @Test func theQuietHostIsPassedOver() async throws {
        let outcome = try await stage.conduct(im: "hosts=a.test,b.test busy=a.test", em: "", job: ["/bin/true"])
        #expect(outcome.status == 0)
        #expect(outcome.messages.contains("b.test/jobmanager-fork"))
        let refused = try await stage.conduct(
            im: "hosts=a.test,b.test busy=a.test", ["--host", "a.test"], job: ["/bin/true"])
        #expect(refused.status == 121)
        #expect(refused.messages.contains("a.test has no free slot in default"))
    }
}
