import MADKit
import Testing

@testable import gwmad

/// The rows of what a real gwd 5.14 did with attributes.
@Suite struct AttributeLexerTests {
    @Test func readsARecordedHost() {
        let (facts, problems, isReadable) = AttributeLexer.read(
            #"HOSTNAME="host1.test" CPU_MHZ=2500 LRMS_NAME="jobmanager-fork" QUEUE_NAME[0]="default" QUEUE_NODECOUNT[0]=4 SE_HOSTNAME="se.test:2811""#
        )
        #expect(isReadable)
        #expect(problems == [])
        #expect(facts.integer("CPU_MHZ") == 2500)
        #expect(facts.text("SE_HOSTNAME") == "se.test:2811")
        #expect(facts.namedQueues.map(\.name) == ["default"])
        #expect(facts.integer("QUEUE_NODECOUNT", at: 0) == 4)
    }

    @Test(arguments: [
        "CPU_MHZ=2539.5", "CPU_MHZ=+5", "ARCH=i686", "ARCH='x86'", "A.B=1", "OS-NAME=\"x\"", ";", "bare",
        "ARCH=\"a\\\"b\"",
        "QUEUE_NAME[x]=\"a\"", "CPU_MHZ 5",
    ])
    func gwdsSyntaxErrorsAreErrors(text: String) {
        let (facts, problems, isReadable) = AttributeLexer.read("CPU_SMP=2 " + text + " NODECOUNT=9")
        #expect(!isReadable)
        #expect(!problems.isEmpty)
        #expect(facts.integer("CPU_SMP") == 2)
        #expect(facts.integer("NODECOUNT") == 0)
    }

    @Test(arguments: [
        ("CPU_MHZ = 77", 77), ("CPU_MHZ=098", 98), ("CPU_SMP=1,CPU_MHZ=11", 11), ("\tCPU_MHZ=5\t", 5),
        ("CPU_MHZ=-3", -3),
        ("CPU_MHZ=", 0), ("CPU_MHZ=5 CPU_MHZ=6", 6),
    ])
    func whatGwdToleratesIsRead(text: String, number: Int) {
        let (facts, _, isReadable) = AttributeLexer.read(text)
        #expect(isReadable)
        #expect(facts.integer("CPU_MHZ") == number)
    }

    @Test(arguments: [
        ("SIZE_DISK_MB=99999999999", "becomes 1215752191"), ("CPU_MHZ=\"5\"", "takes an integer"),
        ("ARCH=7", "takes text in quotes"), ("QUEUE_NODECOUNT=4", "without an index"),
        ("QUEUE_NODECOUNT[-1]=4", "without an index"), ("QUEUE_NAME[67]=\"q\"", "keeps 67 queues"),
    ])
    func whatGwdGetsWrongIsToldButReadable(text: String, problem: String) {
        let (_, problems, isReadable) = AttributeLexer.read(text)
        #expect(isReadable)
        #expect(problems.contains { $0.contains(problem) })
    }

    /// The lexer knows bytes, not letters: an accent at the wrong place belongs to the text or to nothing.
    @Test(arguments: [
        "OS_NAME=\"\u{301}abc\"", "\u{301}OS_NAME=\"\u{301}abc\"", "OS_NAME=\u{301}\"\u{301}abc\"\u{301}",
    ])
    func bytesAreReadWhereLettersWouldCombine(text: String) {
        let (facts, problems, isReadable) = AttributeLexer.read(text + " CPU_MHZ=5")
        #expect(isReadable, "\(problems)")
        #expect(facts.text("OS_NAME").map { Array($0.utf8) } == Array("\u{301}abc".utf8))
        #expect(facts.integer("CPU_MHZ") == 5)
    }

    @Test func genericAttributesAreCountedByTheirLabels() {
        func problems(texts: Int, integers: Int, _ limits: GWDLimits) -> [String] {
            let words = (0..<texts).map { "T[\($0)]=\"x\"" } + (0..<integers).map { "I\($0)=1 I\($0)=2" }
            return AttributeLexer.read("HOSTNAME=\"h\" " + words.joined(separator: " "), limits: limits).problems
        }
        #expect(problems(texts: 20, integers: 20, .buffersOf5_4) == [])
        #expect(problems(texts: 134, integers: 134, .buffersOf5_14) == [])
        let old = problems(texts: 21, integers: 200, .buffersOf5_4)
        #expect(old.map { $0.prefix(while: { $0 != ":" }) } == ["21 generic texts", "200 generic integers"])
        #expect(problems(texts: 200, integers: 0, .buffersOf5_14).count == 1)
    }

    @Test func anOldGwdKeepsFewerQueues() {
        let text = #"QUEUE_NAME[19]="q" QUEUE_NAME[20]="q""#
        #expect(AttributeLexer.read(text).problems == [])
        #expect(AttributeLexer.read(text, limits: .buffersOf5_4).problems == ["QUEUE_NAME[20]: gwd keeps 20 queues"])
    }

    @Test func emptyTextUnsets() {
        let facts = AttributeLexer.read(#"ARCH="x" ARCH="" QUEUE_NAME[0]="a" QUEUE_NAME[0]="" OS_NAME="Lïnux""#)
            .attributes
        #expect(facts.text("ARCH") == nil)
        #expect(facts.namedQueues.isEmpty)
        #expect(facts.text("OS_NAME") == "Lïnux")
    }
}
