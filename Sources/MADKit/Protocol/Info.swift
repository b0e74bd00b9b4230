/// The last field of a reply: one line of text that cannot end, split or forge a line, and is never empty.
///
/// gwd does not clear this field between messages (observed in 5.14): a reply without it would inherit the text of an
/// earlier one. Hence `-` when there is nothing to say.
public struct Info: Sendable, Equatable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The clean text, at least one character.
    public let text: String

    /// Nothing to say: `-`.
    public static let none = Info(clean: "-")

    /// The one INFO without text: a list without names, where gwd would take `-` for a name.
    static let blank = Info(clean: "")

    /// Cleans any text: control characters and line ends become blanks, runs of blanks collapse, the ends are trimmed.
    public init(_ text: String) {
        self.text = Info.isClean(text) ? text : Info.cleaned(text)
    }

    /// A literal is cleaned like any other text.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    private init(clean: String) {
        text = clean
    }

    /// The text itself.
    public var description: String { text }

    /// The text cut to at most `bytes` bytes of UTF-8, on a character boundary.
    func limited(to bytes: Int) -> Substring {
        guard text.utf8.count > bytes else { return text[...] }
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        // Back to the beginning of a UTF-8 sequence, and before a blank.
        while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        while end > text.startIndex, text.utf8[text.utf8.index(before: end)] == 0x20 {
            end = text.utf8.index(before: end)
        }
        return end > text.startIndex ? text[..<end] : "-"
    }

    /// True for the common case: printable ASCII with single blanks inside.
    private static func isClean(_ text: String) -> Bool {
        if text.isPlainWord { return true }
        var previous: UInt8 = 0x20
        for byte in text.utf8 {
            guard byte >= 0x20, byte < 0x7F, !(byte == 0x20 && previous == 0x20) else { return false }
            previous = byte
        }
        return previous != 0x20
    }

    private static func cleaned(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var pendingBlank = false
        for scalar in text.unicodeScalars {
            let isBlank =
                scalar.value <= 0x20 || (0x7F...0xA0).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029
            if isBlank {
                pendingBlank = !result.isEmpty
            } else {
                if pendingBlank { result.append(" ") }
                pendingBlank = false
                result.append(scalar)
            }
        }
        return result.isEmpty ? "-" : String(result)
    }
}
