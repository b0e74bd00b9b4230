/// Text of a document that is written.
public struct XMLText: Sendable, CustomStringConvertible {
    /// The text so far.
    public private(set) var description = ""

    /// No text.
    public init() {}

    /// An element with text in it. `tag` is its name with prefix; who writes it sees to the declarations.
    public mutating func element(
        _ tag: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: String = ""
    ) {
        open(tag, attributes)
        description += XMLText.escaped(content)
        close(tag)
    }

    /// An element with others in it.
    public mutating func element(
        _ tag: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: (inout XMLText) -> Void
    ) {
        open(tag, attributes)
        content(&self)
        close(tag)
    }

    /// Text that is XML already.
    public mutating func verbatim(_ xml: String) { description += xml }

    private mutating func open(_ tag: String, _ attributes: KeyValuePairs<String, String>) {
        description += "<"
        description += tag
        for (name, value) in attributes {
            description += " "
            description += name
            description += "=\""
            description += XMLText.escaped(value, isAttribute: true)
            description += "\""
        }
        description += ">"
    }

    private mutating func close(_ tag: String) {
        description += "</"
        description += tag
        description += ">"
    }

    /// Text in which nothing is markup. Characters that XML cannot carry at all become `?`.
    /// - Parameter isAttribute: the text is an attribute's value, in which a reader takes line ends and tabs for blanks.
    public static func escaped(_ text: String, isAttribute: Bool = false) -> String {
        // Nearly all text is; so this is looked at in one piece.
        let isPlain =
            text.utf8.withContiguousStorageIfAvailable { bytes in
                bytes.allSatisfy { $0 >= 0x20 && $0 != 0x26 && $0 != 0x3C && $0 != 0x3E && $0 != 0x22 }
            } ?? false
        guard !isPlain else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\r": result += "&#13;"
            case "\t" where isAttribute: result += "&#9;"
            case "\n" where isAttribute: result += "&#10;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            default: result.unicodeScalars.append(scalar.value < 0x20 ? "?" : scalar)
            }
        }
        return result
    }
}
