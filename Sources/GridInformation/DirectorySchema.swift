import Directory
import MADKit

/// How a kind of directory describes hosts: what to search for, and what the entries mean.
package protocol DirectorySchema: Sendable {
    /// Where to search when nothing else is said.
    var base: String { get }
    /// Where to search when a server has no such entry: the root, below which all publishers put what they have.
    var root: String { get }
    /// What is asked of entries that describe hosts.
    var attributes: AttributeNames { get }
    /// True when relations rest on distinguished names.
    var needsNames: Bool { get }
    /// The number of hosts beyond which reading all of them costs a server less than asking for each; 0 where even naming
    /// them is better done by reading everything.
    var manyHosts: Int { get }

    /// True when there is more than one way to look for a host: by its name alone, with which the index of a server helps,
    /// and thoroughly, with which none does.
    var hasThoroughSearch: Bool { get }

    /// The searches that name hosts: the first, and others for what it leaves open.
    var discovery: [Discovery] { get }
    /// All entries that describe hosts and queues.
    var everything: DirectoryFilter { get }
    /// The next search on the way to all entries that describe one host, in a directory of many.
    /// - Parameters:
    ///   - host: its name.
    ///   - step: how many searches there were before.
    ///   - found: what those found.
    ///   - isThorough: also look for entries that do not name the host as they should.
    /// - Returns: `nil` when all has been asked.
    func step(_ step: Int, for host: String, in base: String, found: EntryTable, isThorough: Bool) -> Step?

    /// Puts entries in relation to one another.
    func index(_ entries: EntryTable) -> any DirectoryIndex
}

/// A search that names hosts.
package struct Discovery: Sendable {
    /// When a further search is made.
    enum Need: Sendable {
        /// The searches before it named no host.
        case nothingNamed
        /// The search before it found entries that name none.
        case someUnnamed
        /// Always: what it finds has to be seen together with what the searches before it found.
        case always
    }

    /// When it is made, unless it is the first.
    var need = Need.nothingNamed
    /// The entries to look at.
    let filter: DirectoryFilter
    /// What to ask of them.
    let attributes: AttributeNames
    /// The hosts that the entries of the last of these answers tell of, `nil` for an entry that names none. The others are
    /// those of the searches before it, as far as they were made.
    let hosts: @Sendable ([EntryTable]) -> [String?]

    init(
        need: Need = .nothingNamed, filter: DirectoryFilter, attributes: AttributeNames,
        hosts: @escaping @Sendable ([EntryTable]) -> [String?]
    ) {
        (self.need, self.filter, self.attributes, self.hosts) = (need, filter, attributes, hosts)
    }

    /// A search of which each entry, given by its number, tells of one host by itself.
    init(
        need: Need = .nothingNamed, filter: DirectoryFilter, attributes: AttributeNames,
        host: @escaping @Sendable (EntryTable, Int) -> String?
    ) {
        self.init(need: need, filter: filter, attributes: attributes) { answers in
            guard let entries = answers.last else { return [] }
            return (0..<entries.count).map { host(entries, $0) }
        }
    }
}

/// One search of several that describe a host.
package struct Step: Sendable {
    /// Where to search, if not at the usual place.
    var base: String?
    /// What for.
    let filter: DirectoryFilter
}

/// Entries in relation to one another.
package protocol DirectoryIndex: Sendable {
    /// The names of the hosts described.
    var hosts: [String] { get }
    /// What is said of a host; `nil` when it is not among them. Names compare without case.
    func description(of host: String) -> HostDescription?
}
