import Testing

@testable import MADKit

@Suite struct RequestLineTests {
    private func line(_ text: String, fields: Int = 4) -> RequestLine {
        line(Array(text.utf8), fields: fields)
    }

    private func line(_ bytes: [UInt8], fields: Int = 4) -> RequestLine {
        bytes.withUnsafeBytes { RequestLine($0, fields: fields) }
    }

    @Test func wordsAreSplitAtRunsOfBlanksAndTabs() {
        let request = line("  submit\t 3  host/jm   /a b\tc  \r")
        #expect(request.verb == "SUBMIT")
        #expect(request[1] == "3")
        #expect(request[2] == "host/jm")
        #expect(request[3] == "/a b\tc")
        #expect(request[4] == nil)
    }

    @Test func aDashIsNothing() {
        let request = line("POLL 3 - -")
        #expect(request[2] == nil)
        #expect(!request.isShorter(than: 4))
        #expect(line("POLL 3").isShorter(than: 3))
    }

    @Test func anEmptyLineHasNoVerb() {
        #expect(line("").verb.isEmpty)
        #expect(line(" \t\r").verb.isEmpty)
    }

    @Test func textThatIsNotUTF8IsMarked() {
        #expect(line([0x41, 0x20, 0xFF]).isGarbled)
        #expect(line([0xC3]).isGarbled)
        #expect(!line("CP 0 0 - file:///ä b", fields: 6).isGarbled)
        #expect(!line("\u{FFFD}").isGarbled)
    }

    @Test(arguments: ["0", "7", "2147483647"])
    func numbersOfGWDAreRead(text: String) {
        #expect(JobID(text)?.description == text)
    }

    @Test(arguments: ["", "-", "-1", "+1", "2147483648", "1e3", "0x1", " 1", "٣", "99999999999999999999"])
    func otherWordsAreNoNumbers(text: String) {
        #expect(JobID(text) == nil)
    }
}
