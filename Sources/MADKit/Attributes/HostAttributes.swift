/// What is known of a host: names and values, in the words of gwd's attributes.
///
/// Anything may be put in. What gwd cannot read is repaired or left out when the attributes are encoded for a reply, and
/// reported in the log; so a driver passes on what its middleware published and need not know gwd's limits.
public struct HostAttributes: Sendable, Equatable {
    /// A value, by its form on the wire: bare digits or quoted text.
    public enum Value: Sendable, Equatable {
        /// A number. Under a name that gwd knows as text it is printed as text.
        case integer(Int)
        /// Text. Under a name that gwd knows as a number it is read as one.
        case text(String)
    }

    struct Entry: Sendable, Equatable {
        let name: String
        let keyword: AttributeKeyword?
        let index: Int?
        let value: Value
    }

    /// In the order set; of several with one name the last counts.
    private(set) var entries: [Entry] = []

    /// Nothing known.
    public init() {}

    /// True when nothing is known.
    public var isEmpty: Bool { entries.isEmpty }

    /// Sets an attribute, of queue number `index` (from 0) if one is given; a later value replaces an earlier one.
    public mutating func set(_ name: String, at index: Int? = nil, _ value: Value) {
        let keyword = AttributeKeyword(name)
        entries.append(Entry(name: keyword?.name ?? name, keyword: keyword, index: index, value: value))
    }

    /// Sets everything that `others` holds.
    public mutating func merge(_ others: HostAttributes) {
        entries += others.entries
    }

    /// The value of an attribute as it was set, or `nil`.
    public subscript(name: String, index: Int? = nil) -> Value? {
        entries.last { $0.name == name && $0.index == index }?.value
    }

    /// The text of a MONITOR reply that gwd reads without an error, whatever was put in.
    ///
    /// - Parameters:
    ///   - host: the host asked for, printed as HOSTNAME if that is not among the attributes.
    ///   - limits: what gwd can keep.
    ///   - bytes: the longest text.
    ///   - told: what earlier replies for this host said.
    func encoded(as host: HostName, limits: GWDLimits, bytes: Int, after told: ToldAttributes) -> EncodedAttributes {
        AttributeEncoder(entries, host: host, limits: limits, told: told).encoded(bytes: bytes)
    }
}

/// Attributes as gwd reads them.
struct EncodedAttributes: Sendable {
    /// The INFO of the reply; never empty, one line.
    let line: String
    /// What gwd has been told by now.
    let told: ToldAttributes
    /// What was left out or changed, in words for an administrator.
    let problems: [String]
}

/// What replies have told gwd of one host so far.
///
/// gwd keeps what a later reply does not mention (observed in 5.14), so an attribute that is gone has to be cleared, and
/// its tables of generic attributes fill up over time, not per reply.
struct ToldAttributes: Sendable, Equatable {
    /// Queues 0 ..< `queues` may have a name in gwd.
    var queues = 0
    /// One bit for each keyword of the host.
    var keywords: UInt32 = 0
    /// Generic attributes with text, `[i]` included.
    var texts: [String] = []
    /// Generic attributes with a number, `[i]` included.
    var integers: [String] = []
}
