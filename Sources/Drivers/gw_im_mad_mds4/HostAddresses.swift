import MADKit
import Synchronization
import WebServices

/// Names of numbers and numbers of names, as the name service has them. It may be slow or silent: nobody waits for it
/// longer than he wants to, and what comes later is there for the next who asks.
final class HostAddresses: Sendable {
    private let knownNames = Mutex<[String: String]>([:])
    private let knownNumbers = Mutex<[String: Set<String>]>([:])
    /// Threads of its own: a silent name service would keep all those that others need.
    private let blocking = BlockingPool(limit: 4)

    /// The names of those hosts that are numbers and have one. A name counts only when it leads back to the number.
    func names(of hosts: [String], before deadline: Instant) async -> [String: String] {
        let wanted = Set(hosts.filter { NameService.isNumeric($0) })
        let new = wanted.filter { number in knownNames.withLock { $0[number] == nil } }
        if !new.isEmpty {
            try? await within(.milliseconds(deadline.millisecondsFromNow)) { [self] in
                await withTaskGroup(of: Void.self) { group in
                    for number in new {
                        group.addTask { [self] in
                            let names = try? await blocking.run { NameService.names(of: number) }
                            guard let name = names?.first else { return }
                            knownNames.withLock { $0[number] = name.lowercased() }
                        }
                    }
                }
            }
        }
        return knownNames.withLock { names in names.filter { wanted.contains($0.key) } }
    }

    /// The numbers of a host, asked for anew each time.
    func numbers(of host: String, before deadline: Instant) async -> Set<String> {
        try? await within(.milliseconds(deadline.millisecondsFromNow)) { [self] in
            let found = try? await blocking.run { NameService.addresses(of: host) }
            if let found, !found.isEmpty { knownNumbers.withLock { $0[host] = found } }
        }
        return knownNumbers.withLock { $0[host] ?? [] }
    }
}
