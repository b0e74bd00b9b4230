import MADKit
import Testing

@testable import gwmad

@Suite struct HostChoiceTests {
    private func host(_ name: String, _ attributes: String) throws -> Host {
        let driver = try DriverSpec(kind: .information, option: "im", origin: "--im")
        return Host(
            name: try #require(HostName(name)), informationDriver: driver,
            facts: AttributeLexer.read(attributes).attributes)
    }

    private static let good =
        #"LRMS_NAME="jobmanager-pbs" QUEUE_NAME[0]="short" QUEUE_NODECOUNT[0]=4 QUEUE_FREENODECOUNT[0]=1 "#

    private func refusal(_ attributes: String, queue: String? = nil) throws -> String {
        switch HostChoice.place(on: try host("h.test", attributes), queue: queue) {
        case .success(let placement): "placed at \(placement.contact)"
        case .failure(let failure): failure.description
        }
    }

    @Test func aHostNeedsAManagerAQueueAndASlot() throws {
        #expect(try refusal("") == "h.test has no LRMS_NAME")
        #expect(try refusal(#"LRMS_NAME="pbs""#) == "h.test has no QUEUE_NAME")
        #expect(try refusal(#"LRMS_NAME="pbs" QUEUE_NAME[0]="q""#).contains("no free slot in q"))
        #expect(try refusal(HostChoiceTests.good, queue: "long") == "h.test has no queue long, only short")
        #expect(try refusal(HostChoiceTests.good) == "placed at h.test/jobmanager-pbs")
    }

    @Test func theFreestHostAndQueueWin() throws {
        let hosts = [
            try host("a.test", HostChoiceTests.good),
            try host(
                "b.test", HostChoiceTests.good + #"QUEUE_NAME[1]="long" QUEUE_NODECOUNT[1]=9 QUEUE_FREENODECOUNT[1]=8"#),
            try host("c.test", HostChoiceTests.good),
        ]
        let best = try #require(HostChoice.best(of: hosts, queue: nil))
        #expect(best.contact.text == "b.test/jobmanager-pbs")
        #expect(best.queue == "long")
        #expect(HostChoice.best(of: hosts, queue: "short")?.host.name.text == "a.test")
    }

    @Test func theForkManagerCountsIdleProcessors() throws {
        func free(_ cpu: Int) throws -> Int {
            let facts = try host("h", HostChoiceTests.good + "LRMS_TYPE=\"fork\" CPU_FREE=\(cpu)").facts
            return facts.freeNodes(of: try #require(facts.namedQueues.first))
        }
        #expect(try [free(198), free(150), free(151), free(20)] == [2, 1, 2, 0])
    }

    @Test func aSmallJobLimitCapsTheSlots() throws {
        func slots(_ most: Int) throws -> Int {
            let facts = try host("h", HostChoiceTests.good + "QUEUE_MAXJOBSINQUEUE[0]=\(most)").facts
            return facts.slots(of: try #require(facts.namedQueues.first))
        }
        #expect(try [slots(0), slots(2), slots(4), slots(100)] == [4, 2, 4, 4])
    }

    @Test func filesGoToTheStorageHostJobsDoNot() throws {
        let plain = HostChoice.best(of: [try host("h.test:2119", HostChoiceTests.good)], queue: nil)
        #expect(plain?.storage == "h.test:2119")
        let split = HostChoice.best(
            of: [try host("h.test:2119", HostChoiceTests.good + #"SE_HOSTNAME="se:2811""#)], queue: nil)
        #expect(split?.storage == "se:2811")
        #expect(split?.contact.text == "h.test:2119/jobmanager-pbs")
    }

    @Test func aQueueCalledDashIsLeftOutOfTheDocument() throws {
        let job = Job(user: "alice")
        func document(_ queue: String) throws -> String {
            let host = try host("h.test", "LRMS_NAME=\"f\" QUEUE_NAME[0]=\"\(queue)\" QUEUE_NODECOUNT[0]=1")
            return try JobDocument.text(.rsl, of: job, at: try #require(HostChoice.best(of: [host], queue: nil)))
        }
        #expect(!(try document("-").contains("queue")))
        // The very text of a recorded gwd, but for its numbers.
        #expect(
            try document("default") == """
                &(jobtype="single")(executable=".gw_alice_\(job.id)/.wrapper")(stdout=".gw_alice_\(job.id)/stdout.wrapper")\
                (stderr=".gw_alice_\(job.id)/stderr.wrapper")(environment=(GW_HOSTNAME "h.test")(GW_USER "alice")\
                (GW_JOB_ID \(job.id))(GW_TASK_ID 0)(GW_ARRAY_ID -1)(GW_TOTAL_TASKS 0)(GW_RESTARTED 0))(count=1)(queue="default")
                """)
    }

    @Test func jobNumbersFitIntoGwdsTable() {
        for _ in 0..<1000 { #expect((10_000...99_999).contains(Job(user: "u").id.value)) }
    }
}
