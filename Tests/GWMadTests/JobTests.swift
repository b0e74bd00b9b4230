import Foundation
import MADKit
import TestSupport
import Testing

@testable import gwmad

@Suite struct JobTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("job.sh", "#!/bin/sh\n")
        try directory.write("in put", "x")
        try directory.write("a=b", "x")
    }

    private func job(
        _ words: [String], inputs: [String] = [], outputs: [String] = [], environment: [String] = []
    ) throws -> Job {
        try Job(user: "u", words: words, inputs: inputs, outputs: outputs, standardInput: nil, environment: environment)
    }

    @Test func anAbsolutePathIsAProgramOfTheHost() throws {
        let job = try job(["/bin/echo", "a b"])
        #expect(job.command == ["/bin/echo", "a b"])
        #expect(job.executable == nil)
    }

    @Test func aLocalFileIsBroughtAlong() throws {
        let job = try job(["file://\(directory.path)/job.sh", "x"])
        #expect(job.command == ["./job.sh", "x"])
        #expect(job.executable?.url.text == "file://\(directory.path)/job.sh")
    }

    @Test func filesMayBeRenamedOnTheWay() throws {
        let job = try job(
            ["/bin/true"], inputs: ["\(directory.path)/job.sh=run.sh", "\(directory.path)/a=b=c", "gsiftp://h/d/x"],
            outputs: ["out=\(directory.path)/result", "log=\(directory.path)", "far=gsiftp://h/d/y"])
        #expect(job.inputs.map(\.name) == ["run.sh", "c", "x"])
        #expect(job.inputs[1].url.text == "file://\(directory.path)/a=b")
        #expect(
            job.outputs.map(\.url.text)
                == ["file://\(directory.path)/result", "file://\(directory.path)/log", "gsiftp://h/d/y"])
    }

    @Test func whatCannotTravelIsRefusedBeforeAnythingStarts() throws {
        let dir = directory.path
        let cases: [(ExitCode, () throws -> Job)] = [
            (.usage, { try job([]) }), (.input, { try job(["./nonexistent"]) }), (.input, { try job(["hostname"]) }),
            (.input, { try job(["/bin/true"], inputs: ["\(dir)/none"]) }),
            (.input, { try job(["/bin/true"], inputs: [dir]) }),
            (.input, { try job(["/bin/true"], inputs: ["\(dir)/in put"]) }),
            (.usage, { try job(["/bin/true"], inputs: ["\(dir)/job.sh=a/b"]) }),
            (.usage, { try job(["/bin/true"], inputs: ["\(dir)/job.sh=job.env"]) }),
            (.usage, { try job(["/bin/true"], inputs: ["\(dir)/job.sh", "\(dir)/job.sh"]) }),
            (.usage, { try job(["/bin/true"], environment: ["1A=x"]) }),
            (.usage, { try job(["/bin/true"], environment: ["A"]) }),
            (.input, { try job(["/bin/true"], outputs: ["o=\(dir)/no/such/o"]) }),
        ]
        for (code, make) in cases {
            let failure = #expect(throws: Failure.self) { _ = try make() }
            #expect(failure?.code == code, "\(failure?.description ?? "")")
        }
    }

    @Test(arguments: ["plain", "two words", "it's", "$(id) `id` \\ \"q\" *", "line\nline", ""])
    func argumentsAndVariablesReachTheJobAsTheyAre(text: String) async throws {
        var job = Job(user: "u")
        job.command = ["/usr/bin/printf", "%s|", text, "end"]
        job.environment = [.init(name: "WEIRD", value: text)]
        let host = Host(
            name: try #require(.init("h")),
            informationDriver: try DriverSpec(kind: .information, option: "im", origin: "-"),
            facts: AttributeLexer.read(#"LRMS_NAME="f" QUEUE_NAME[0]="q" QUEUE_NODECOUNT[0]=1"#).attributes)
        let placement = try #require(HostChoice.best(of: [host], queue: nil))
        try directory.write("job.env", JobScript.environment(of: job, placement: placement, stagingURL: nil))
        let wrapper = try directory.write(".wrapper", JobScript.wrapper)
        let talk = try Talk("/bin/sh", .init([wrapper]))
        #expect(try await talk.finish() == 0)
        #expect(try directory.read("stdout.execution") == "\(text)|end|")
        #expect(JobScript.exitStatus(in: talk.transcript.joined(separator: "\n")) == 0)
    }

    @Test func theWrapperTellsTheExitCode() async throws {
        try directory.write("job.env", "GW_COMMAND=\"/bin/sh -c 'exit 42'\"\n")
        let wrapper = try directory.write(".wrapper", JobScript.wrapper)
        let talk = try Talk("/bin/sh", .init([wrapper]))
        #expect(try await talk.finish() == 42)
        #expect(JobScript.exitStatus(in: talk.transcript.joined(separator: "\n")) == 42)
        #expect(JobScript.exitStatus(in: "a banner\r\nEXIT_STATUS=3\r\nend\n") == 3)
        #expect(JobScript.exitStatus(in: "EXIT_STATUS=S\n") == nil)
        #expect(JobScript.exitStatus(in: "nothing") == nil)
    }
}

/// What gwd 5.14 was seen to write.
@Suite struct JobDocumentTests {
    private func placement(_ host: String, queue: String = "default") throws -> Placement {
        let host = Host(
            name: try #require(.init(host)),
            informationDriver: try DriverSpec(kind: .information, option: "im", origin: "-"),
            facts: AttributeLexer.read("LRMS_NAME=\"PBS\" QUEUE_NAME[0]=\"\(queue)\" QUEUE_NODECOUNT[0]=1").attributes)
        return try #require(HostChoice.best(of: [host], queue: nil))
    }

    @Test func rsl2IsWrittenAsGwdWritesIt() throws {
        let job = Job(user: "gwadmin")
        let variables = [
            ("GW_HOSTNAME", "host2.test"), ("GW_USER", "gwadmin"), ("GW_JOB_ID", "\(job.id)"), ("GW_TASK_ID", "0"),
            ("GW_ARRAY_ID", "-1"), ("GW_TOTAL_TASKS", "0"), ("GW_RESTARTED", "0"),
        ].map { "<environment> <name>\($0)</name> <value>\($1)</value></environment>" }.joined(separator: " ")
        let folder = ".gw_gwadmin_\(job.id)"
        let text =
            "<job> <executable>\(folder)/.wrapper</executable> \(variables) <stdout>\(folder)/stdout.wrapper</stdout>"
            + " <stderr>\(folder)/stderr.wrapper</stderr> <count>1</count> <jobType>single</jobType>"
        let document = try JobDocument.text(.rsl2, of: job, at: try placement("host2.test"))
        #expect(document == text + " <queue>default</queue></job>")
        #expect(try JobDocument.text(.rsl2, of: job, at: try placement("host2.test", queue: "-")) == text + "</job>")
    }

    @Test func rslIsWrittenAsGwdWritesIt() throws {
        let job = Job(user: "gwadmin")
        let folder = ".gw_gwadmin_\(job.id)"
        #expect(
            try JobDocument.text(.rsl, of: job, at: try placement("host1.test"))
                == "&(jobtype=\"single\")(executable=\"\(folder)/.wrapper\")(stdout=\"\(folder)/stdout.wrapper\")"
                + "(stderr=\"\(folder)/stderr.wrapper\")(environment=(GW_HOSTNAME \"host1.test\")(GW_USER \"gwadmin\")"
                + "(GW_JOB_ID \(job.id))(GW_TASK_ID 0)(GW_ARRAY_ID -1)(GW_TOTAL_TASKS 0)(GW_RESTARTED 0))(count=1)"
                + "(queue=\"default\")")
    }

    @Test(arguments: ["a&b", "a<b"]) func whatBreaksADocumentIsRefused(queue: String) throws {
        let failure = #expect(throws: Failure.self) {
            try JobDocument.text(.rsl2, of: Job(user: "u"), at: try placement("h", queue: queue))
        }
        #expect(failure?.description.contains("'\(queue)' holds a") == true)
    }
}
