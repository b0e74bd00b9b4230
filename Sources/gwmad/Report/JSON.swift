/// A value of JSON, and its text.
enum JSON: Sendable, Equatable {
    case null
    case integer(Int)
    case text(String)
    case list([JSON])
    /// Members in the order given.
    case object([Member])

    struct Member: Sendable, Equatable {
        let name: String
        let value: JSON
    }

    /// An object, written as a literal.
    static func members(_ members: KeyValuePairs<String, JSON>) -> JSON {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }

    /// The value in RFC 8259 form, indented by two blanks a level.
    func encoded(indentation: String = "") -> String {
        let deeper = indentation + "  "
        switch self {
        case .null: return "null"
        case .integer(let number): return String(number)
        case .text(let text): return JSON.quoted(text)
        case .list(let values):
            guard !values.isEmpty else { return "[]" }
            return "[\n" + values.map { deeper + $0.encoded(indentation: deeper) }.joined(separator: ",\n")
                + "\n\(indentation)]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            return "{\n"
                + members.map { "\(deeper)\(JSON.quoted($0.name)): \($0.value.encoded(indentation: deeper))" }
                .joined(separator: ",\n") + "\n\(indentation)}"
        }
    }

    /// Text in quotes; what JSON forbids inside is escaped, and so is all that steers a terminal.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.steers {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
