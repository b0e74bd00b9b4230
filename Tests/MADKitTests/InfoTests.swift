import Testing

@testable import MADKit

@Suite struct InfoTests {
    @Test(arguments: [
        ("", "-"), ("  ", "-"), ("\n\r\t\u{0}", "-"), ("a\nb", "a b"), ("a \r\n  b", "a b"), (" a ", "a"),
        ("a\u{85}b\u{2028}c\u{2029}d", "a b c d"), ("tab\there", "tab here"), ("\u{1B}[31mred", "[31mred"),
        ("ä–€ stays", "ä–€ stays"), ("plain text", "plain text"),
    ])
    func textBecomesOneLine(text: String, clean: String) {
        #expect(Info(text).text == clean)
    }

    @Test func theLimitCutsOnACharacter() {
        let info = Info("aä€😀z")
        for limit in 1...12 {
            let cut = info.limited(to: limit)
            #expect(cut.utf8.count <= limit)
            #expect(cut == "-" || info.text.hasPrefix(cut))
        }
        #expect(info.limited(to: 11) == "aä€😀z")
    }

    @Test func anErrorNamesItsCause() {
        #expect("\(MADError(.invalid, "what", cause: "why"))" == "what: why")
        #expect("\(MADError(.invalid, "what", cause: ""))" == "what")
        #expect(MADError.wrapping(CancellationError()).code == .cancelled)
    }
}
