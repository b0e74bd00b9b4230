import MADKit

/// When hosts are read all at once instead of one by one.
package struct SnapshotPolicy: Sendable {
    /// The choice of an administrator.
    package enum Mode: String, Sendable, CaseIterable {
        /// By the number of hosts.
        case automatic = "auto"
        case always
        case never
    }

    /// The choice.
    package var mode = Mode.automatic
    /// How old a snapshot may be when a question is answered from it.
    package var age = Duration.seconds(30)

    /// The number of hosts from which on reading all of them costs a server less than asking for each. A search for one
    /// host costs a search and, without an index for it, a look at every entry; a bulk read costs a look at every entry
    /// and no more than a tenth of a millisecond for each host.
    static let manyHosts = 25

    package init() {}
}
