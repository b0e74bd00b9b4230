/// What a MONITOR reply says of a host: names and values that gwd's attribute lexer can read whatever went in.
public struct HostAttributes: Sendable, Equatable {
    /// A value, by its form on the wire: bare digits or quoted text.
    public enum Value: Sendable, Equatable {
        case integer(Int)
        case text(String)
    }

    struct Entry: Sendable, Equatable {
        let name: String
        let index: Int?
        var value: Value
    }

    private(set) var entries: [Entry] = []

    /// Nothing known.
    public init() {}

    /// Sets an attribute, of queue number `index` if one is given; a later value replaces an earlier one.
    public mutating func set(_ name: String, at index: Int? = nil, _ value: Value) {
        if let position = entries.firstIndex(where: { $0.name == name && $0.index == index }) {
            entries[position].value = value
        } else {
            entries.append(Entry(name: name, index: index, value: value))
        }
    }

    /// The line for gwd, with what had to be left out or changed, and the number of queues in it.
    func encoded(limits: GWDLimits, bytes: Int, clearing oldQueues: Int) -> (
        line: String, queues: Int, problems: [String]
    ) {
        let words = entries.map { entry in
            let name = entry.index.map { "\(entry.name)[\($0)]" } ?? entry.name
            return switch entry.value {
            case .integer(let number): "\(name)=\(number)"
            case .text(let text): "\(name)=\"\(text)\""
            }
        }
        return (words.joined(separator: " "), 0, [])
    }
}
