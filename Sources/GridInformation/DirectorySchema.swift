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

    /// The searches that name hosts: the first, and others for what it leaves open.
    var discovery: [Discovery] { get }
    /// All entries that describe hosts and queues.
    var everything: DirectoryFilter { get }
    /// The next search on the way to all entries that describe one host, in a directory of many.
    /// - Parameters:
    ///   - host: its name.
    ///   - step: how many searches there were before.
    ///   - found: what those found.
    /// - Returns: `nil` when all has been asked.
    func step(_ step: Int, for host: String, in base: String, found: EntryTable) -> Step?

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
    }

    /// When it is made, unless it is the first.
    var need = Need.nothingNamed
    /// The entries to look at.
    let filter: DirectoryFilter
    /// What to ask of them.
    let attributes: AttributeNames
    /// The name of the host that an entry, given by its number, tells of.
    let host: @Sendable (EntryTable, Int) -> String?
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
