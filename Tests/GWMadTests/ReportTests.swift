import Foundation
import Testing

@testable import gwmad

@Suite struct ReportTests {
    private static let rows = [
        HostReport.Row(name: "z.test", driver: "s", result: .failure(Failure("down \"now\""))),
        HostReport.Row(
            name: "a.test", driver: "s",
            result: .success(
                AttributeLexer.read(
                    #"LRMS_NAME="pbs" CPU_MHZ=2500 OS_NAME="a\b/ü" QUEUE_NAME[0]="q1" QUEUE_NODECOUNT[0]=4 QUEUE_NAME[1]="q2" QUEUE_NODECOUNT[1]=6 QUEUE_FREENODECOUNT[1]=5"#
                ).attributes)),
    ]

    @Test func theTableIsSortedAndAligned() {
        let lines = HostReport(rows: ReportTests.rows).table(queues: false).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix("a.test  pbs"))
        #expect(lines[1].contains("5/10"))
        #expect(lines[1].hasSuffix("q1,q2"))
        #expect(lines[2].hasSuffix("no answer"))
        let column = lines[0].range(of: "NODES(F/T)").map {
            lines[0].distance(from: lines[0].startIndex, to: $0.upperBound)
        }
        let cell = lines[1].range(of: "5/10").map { lines[1].distance(from: lines[1].startIndex, to: $0.upperBound) }
        #expect(column == cell)
    }

    @Test func queuesGetALineEach() {
        let lines = HostReport(rows: ReportTests.rows).table(queues: true).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[2].contains("q2"))
        #expect(lines[2].contains("5/6"))
    }

    @Test func aHostWithManyQueuesDoesNotStretchTheTable() {
        let queues = (0..<67).map { "QUEUE_NAME[\($0)]=\"queue\($0)\" QUEUE_ACCESS[\($0)]=\":atlas:cms:\"" }
        let facts = AttributeLexer.read(queues.joined(separator: " ")).attributes
        let report = HostReport(rows: [HostReport.Row(name: "a.test", driver: "s", result: .success(facts))])
        #expect(report.table(queues: false).contains("queue0,queue1,queue2,queue3,queue4,queue5,+61\n"))
        #expect(report.table(queues: true).split(separator: "\n").filter { $0.hasSuffix("atlas,cms") }.count == 67)
    }

    @Test func anotherProgramCanReadTheJSON() throws {
        let data = Data(HostReport(rows: ReportTests.rows).json.utf8)
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let hosts = try #require(root["hosts"] as? [[String: Any]])
        #expect(hosts.map { $0["host"] as? String } == ["a.test", "z.test"])
        let attributes = try #require(hosts[0]["attributes"] as? [String: Any])
        #expect(attributes["OS_NAME"] as? String == #"a\b/ü"#)
        #expect(attributes["CPU_MHZ"] as? Int == 2500)
        let queues = try #require(hosts[0]["queues"] as? [[String: Any]])
        #expect(queues.map { $0["QUEUE_NAME"] as? String } == ["q1", "q2"])
        #expect(hosts[1]["error"] as? String == "down \"now\"")
    }

    /// Escapes, C1 controls and what turns the direction of letters.
    private static let hostile = "a\u{1B}]0;pwn\u{7}\u{9B}31m\r\u{202E}\u{2066}b"

    @Test func noDriverReachesTheTerminal() {
        let facts = AttributeLexer.read("LRMS_NAME=\"\(ReportTests.hostile)\" QUEUE_NAME[0]=\"\(ReportTests.hostile)\"")
            .attributes
        let report = HostReport(rows: [HostReport.Row(name: "a.test", driver: "s", result: .success(facts))])
        for text in [report.table(queues: false), report.table(queues: true), report.json, ReportTests.hostile.shown] {
            #expect(text.contains("pwn"))
            #expect(!text.unicodeScalars.contains { $0.steers && $0 != "\n" })
        }
        #expect("two\nlines, ä 日本 👩‍👩‍👧".shown == "two\nlines, ä 日本 👩‍👩‍👧")
    }

    @Test func everyCharacterSurvivesJSON() throws {
        let scalars = (1...0x2FF).compactMap { Unicode.Scalar($0) } + ["\u{2028}", "\u{1F600}"]
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        let encoded = JSON.list([.text(text), .null, .list([]), .object([])]).encoded()
        #expect(encoded.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
        let back = try #require(try JSONSerialization.jsonObject(with: Data(encoded.utf8)) as? [Any])
        #expect(back.first as? String == text)
    }
}
