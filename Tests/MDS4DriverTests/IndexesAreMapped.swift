import TestSupport
import Testing

/// What an index holds, in gwd's words.
@Suite struct IndexesAreMapped {
    @Test func theAnswerOfARealContainerBecomesAttributes() async throws {
        let index = try await Index(Index.answering(with: "mds-monitor.xml"))
        let talk = try await index.driver("--gt 4.0")
        #expect(
            try await index.monitor(talk, "localhost")
                == "MONITOR 4 SUCCESS HOSTNAME=\"localhost\" ARCH=\"x86\" OS_NAME=\"Linux\" OS_VERSION=\"2.6.18-4-686\" "
                + "CPU_MODEL=\"x86\" CPU_MHZ=3201 CPU_FREE=348 CPU_SMP=4 NODECOUNT=151 SIZE_MEM_MB=2026 "
                + "FREE_MEM_MB=1027 SIZE_DISK_MB=74240 FREE_DISK_MB=41216 FORK_NAME=\"Fork\" LRMS_NAME=\"PBS\" "
                // "another queue" has a blank in it, with which gwd's scheduler cannot name it: it takes no number.
                + "LRMS_TYPE=\"pbs\" QUEUE_NAME[0]=\"dque\" "
                + "QUEUE_NODECOUNT[0]=151 QUEUE_FREENODECOUNT[0]=139 QUEUE_MAXTIME[0]=-1 QUEUE_MAXCPUTIME[0]=-1 "
                + "QUEUE_MAXCOUNT[0]=0 QUEUE_MAXRUNNINGJOBS[0]=0 QUEUE_MAXJOBSINQUEUE[0]=0 "
                + "QUEUE_STATUS[0]=\"enabled\" QUEUE_DISPATCHTYPE[0]=\"\" QUEUE_PRIORITY[0]=\"0\" QUEUE_JOBWAIT[0]=\"0\""
        )
    }

    @Test(arguments: ["4.0", "4.2"]) func bothShapesSayTheSame(gt: String) async throws {
        let index = try await Index(gt: gt)
        for way in ["auto", gt] {
            let talk = try await index.driver("--gt", way)
            let attributes = try await index.attributes(talk)
            #expect(attributes.values["LRMS_NAME"] == .text("PBS"))
            #expect(attributes.values["LRMS_TYPE"] == .text("pbs"))
            #expect(attributes.values["CPU_FREE"] == .integer(348))
            #expect(attributes.values["NODECOUNT"] == .integer(151))
            #expect(attributes.values["QUEUE_NAME[1]"] == .text("dque"))
        }
    }

    @Test func waitingJobsAndResponseTimesAreNoLimits() async throws {
        let index = try await Index()
        let attributes = try await index.attributes(try await index.driver())
        #expect(attributes.values["QUEUE_MAXJOBSINQUEUE[0]"] == .integer(40))
        #expect(attributes.values["QUEUE_MAXTIME[0]"] == .integer(1_440))
        #expect(attributes.values["QUEUE_JOBWAIT[0]"] == .text("3"))
        #expect(attributes.values["QUEUE_MAXRUNNINGJOBS[1]"] == .integer(50))
        #expect(attributes.values["QUEUE_MAXCPUTIME[1]"] == .integer(120))
        #expect(attributes.values["QUEUE_PRIORITY[1]"] == .text("10"))
    }

    @Test func theFirstResourceManagerCounts() async throws {
        let index = try await Index(#"{"index": {"shape": "several"}}"#)
        let attributes = try await index.attributes(try await index.driver())
        #expect(attributes.values["LRMS_NAME"] == .text("PBS"))
        // Fork and Condor have the same two queues each.
        #expect(attributes.values["QUEUE_NAME[2]"] == nil)
    }

    @Test func aHostWithForkAloneRunsItsJobsThere() async throws {
        let index = try await Index(#"{"index": {"shape": "fork"}}"#)
        let attributes = try await index.attributes(try await index.driver())
        #expect(attributes.values["LRMS_NAME"] == .text("Fork"))
        #expect(attributes.values["LRMS_TYPE"] == .text("fork"))
        #expect(attributes.values["QUEUE_NAME[0]"] == .text("default"))
    }

    @Test(arguments: [#"{"index": {"copies": 3}}"#, #"{"index": {"nested": true}}"#])
    func whatIsThereSeveralTimesIsToldOnce(switches: String) async throws {
        let index = try await Index(switches)
        let attributes = try await index.attributes(try await index.driver())
        #expect(attributes.values["LRMS_NAME"] == .text("PBS"))
        #expect(attributes.values["QUEUE_NAME[1]"] == .text("dque"))
        #expect(attributes.values["QUEUE_NAME[2]"] == nil)
    }

    @Test func anEmptyIndexIsAFailureThatSaysSo() async throws {
        let index = try await Index(#"{"index": {"shape": "empty"}}"#)
        let talk = try await index.driver()
        #expect(
            try await index.monitor(talk)
                == "MONITOR 4 FAILURE the index https://\(index.host):\(index.container.port)/wsrf/services/"
                + "DefaultIndexService is empty: no job factory is registered there")
        try await index.container.set(Index.answering(with: "mds-nothing.http"))
        #expect(try await index.monitor(talk).contains("is empty"))
    }

    @Test func anIndexWithoutDataSaysWhy() async throws {
        let index = try await Index(#"{"index": {"shape": "unpolled"}}"#)
        let talk = try await index.driver()
        #expect(try await index.monitor(talk).hasSuffix("has no data about Fork, Multi, PBS: none was collected yet"))
        try await index.container.set(#"{"index": {"shape": "broken"}}"#)
        #expect(
            try await index.monitor(talk).hasSuffix(
                "has no data about Fork, Multi, PBS: java.net.ConnectException: Connection refused"))
    }

    @Test func numbersThatAreNoneLeaveTheRestAlone() async throws {
        let index = try await Index(
            #"""
            {"index": {"host": {"Processor": {"InstructionSet": "x86_64", "ClockSpeed": "fast"},
              "Architecture": {"SMPSize": "2.5"}, "ProcessorLoad": {"Last1Min": "12.75"},
              "MainMemory": {"RAMSize": "2026.5"}},
              "queues": [{"Name": "q", "TotalCPUs": "nan", "FreeCPUs": "99999999999999999999"}]}}
            """#)
        let attributes = try await index.attributes(try await index.driver())
        #expect(attributes.values["CPU_FREE"] == .integer(237))
        #expect(attributes.values["SIZE_MEM_MB"] == .integer(2_026))
        #expect(attributes.values["QUEUE_NAME[0]"] == .text("q"))
        #expect(attributes.values["QUEUE_FREENODECOUNT[0]"] == .integer(2_147_483_647))
        #expect(attributes.values["OS_NAME"] == nil)
    }

    @Test func queuesThatGWDCannotNameTakeNoNumber() async throws {
        let index = try await Index(
            #"{"index": {"queues": [{"Name": "a b"}, {"Name": "q"}, {"Name": ""}, {"Name": "r"}]}}"#)
        let talk = try await index.driver("--log-level info")
        let attributes = try await index.attributes(talk)
        #expect(attributes.values["QUEUE_NAME[0]"] == .text("q"))
        #expect(attributes.values["QUEUE_NAME[1]"] == .text("r"))
        #expect(!attributes.values.keys.contains { $0.hasSuffix("[2]") || $0.hasSuffix("[3]") })
        try await talk.hearComplaint("queues left out, gwd cannot use their names: 'a b', ''")
    }

    @Test func aLoadBeyondTheProcessorsLeavesNothingFree() async throws {
        let index = try await Index(
            #"{"index": {"host": {"ProcessorLoad": {"Last1Min": 950}, "Architecture": {"SMPSize": 4}}}}"#)
        #expect(try await index.attributes(try await index.driver()).values["CPU_FREE"] == .integer(0))
    }

    @Test func attributeFilesHaveTheLastWord() async throws {
        let index = try await Index()
        try index.directory.write("hosts", "\(index.host) extra\n")
        try index.directory.write("extra", "SE_HOSTNAME=\"se.example.org\"\nARCH=\"x86_64\" QUEUE_MAXTIME[1]=30\n")
        let attributes = try await index.attributes(try await index.driver("-l hosts"))
        #expect(attributes.values["SE_HOSTNAME"] == .text("se.example.org"))
        #expect(attributes.values["ARCH"] == .text("x86_64"))
        #expect(attributes.values["QUEUE_MAXTIME[1]"] == .integer(30))
        #expect(attributes.values["QUEUE_MAXTIME[0]"] == .integer(1_440))
    }

    @Test func aThousandEntriesAreOneHost() async throws {
        let index = try await Index(#"{"index": {"entries": 1000}}"#)
        let attributes = try await index.attributes(try await index.driver())
        #expect(attributes.values["LRMS_NAME"] == .text("PBS"))
        #expect(attributes.values["QUEUE_NAME[2]"] == nil)
    }
}
