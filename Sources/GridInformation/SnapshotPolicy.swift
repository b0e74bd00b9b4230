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

    /// The number of hosts beyond which they are read at once.
    package var manyHosts = 25

    package init() {}
}
