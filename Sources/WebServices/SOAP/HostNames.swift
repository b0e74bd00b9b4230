import MADKit
import Synchronization

/// Names of servers that are addressed by number, as the containers of Globus like to publish themselves. Globus asks the
/// name service who that is, and so do we; a name counts only when it leads back to the number.
final class HostNames: Sendable {
    /// How long a name is waited for: a request can do without. How long it holds that there is none.
    private static let patience = Duration.seconds(5)
    private static let lifetimeOfNone = Duration.seconds(300)

    private struct Answer {
        let names: [String]
        let time: ContinuousClock.Instant

        var holds: Bool { !names.isEmpty || time + HostNames.lifetimeOfNone > .now }
    }

    private let known = Mutex<[String: Answer]>([:])

    /// The names of a numeric address; none for a name.
    func names(of host: String, _ blocking: BlockingPool) async throws -> [String] {
        guard NameService.isNumeric(host) else { return [] }
        if let answer = known.withLock({ $0[host] }), answer.holds { return answer.names }
        let names: [String]
        do {
            names = try await within(HostNames.patience) { try await blocking.run { NameService.names(of: host) } }
        } catch let error as MADError where error.code == .timedOut {
            names = []
        }
        known.withLock { $0[host] = Answer(names: names, time: .now) }
        return names
    }
}
