/// Text that can stand between the two quotes of an attribute.
///
/// gwd's lexer has no escape: a quote always ends the text, and what follows would be read as the next attribute. Without
/// quotes and control characters no text, whoever published it, can say anything but itself.
enum AttributeString {
    /// The text without quotes and control characters, blanks collapsed and trimmed, at most `bytes` long.
    static func clean(_ text: String, bytes: Int) -> String {
        guard !isClean(text, bytes: bytes) else { return text }
        var plain = String.UnicodeScalarView()
        plain.append(contentsOf: text.unicodeScalars.filter { $0 != "\"" })
        let info = Info(String(plain))
        return info == .none && !plain.contains("-") ? "" : trimmed(info.limited(to: bytes))
    }

    /// True when gwd can pass the text on between blanks and colons.
    static func isWord(_ text: String, bytes: Int) -> Bool {
        text.utf8.count <= bytes && !text.utf8.contains { $0 == 0x20 || $0 == 0x3A }
    }

    private static func isClean(_ text: String, bytes: Int) -> Bool {
        guard text.utf8.count <= bytes else { return false }
        var previous: UInt8 = 0x20
        for byte in text.utf8 {
            guard byte >= 0x20, byte < 0x7F, byte != 0x22, !(byte == 0x20 && previous == 0x20) else { return false }
            previous = byte
        }
        return previous != 0x20 || text.isEmpty
    }

    /// Cutting can leave a blank at the end.
    private static func trimmed(_ text: Substring) -> String {
        String(text.last == " " ? text.dropLast() : text)
    }
}
