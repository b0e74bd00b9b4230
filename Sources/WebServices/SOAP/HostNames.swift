import MADKit
import Synchronization

/// Names of servers that are addressed by number, as the containers of Globus like to publish themselves. Globus asks the
/// name service who that is, and so do we; a name counts only when it leads back to the number.
final class HostNames: Sendable {
    private let known = Mutex<[String: [String]]>([:])

    /// The names of a numeric address; none for a name.
    func names(of host: String, _ blocking: BlockingPool) async throws -> [String] {
        guard NameService.isNumeric(host) else { return [] }
        if let names = known.withLock({ $0[host] }) { return names }
        let names = try await blocking.run { NameService.names(of: host) }
        if !names.isEmpty { known.withLock { $0[host] = names } }
        return names
    }
}
