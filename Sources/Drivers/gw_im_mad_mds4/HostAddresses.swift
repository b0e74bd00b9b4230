import Glibc
import MADKit
import Synchronization

/// Names of numbers and numbers of names, as the name service has them. It may be slow or silent: nobody waits for it
/// longer than he wants to, and what comes later is there for the next who asks.
final class HostAddresses: Sendable {
    private let known = Mutex<[String: String]>([:])
    private let blocking: BlockingPool

    init(_ blocking: BlockingPool) {
        self.blocking = blocking
    }

    /// The names of those hosts that are numbers and have one. A name counts only when it leads back to the number.
    func names(of hosts: [String], before deadline: Instant) async -> [String: String] {
        let numbers = hosts.filter { HostAddresses.isNumber($0) }
        let new = numbers.filter { number in known.withLock { $0[number] == nil } }
        if !new.isEmpty {
            await within(deadline) { [self] in
                await withTaskGroup(of: Void.self) { group in
                    for number in new {
                        group.addTask { [self] in
                            let name = try? await blocking.run { HostAddresses.name(of: number) }
                            if let name, let name { known.withLock { $0[number] = name } }
                        }
                    }
                }
            }
        }
        return known.withLock { known in known.filter { numbers.contains($0.key) } }
    }

    /// The numbers of a host.
    func numbers(of host: String, before deadline: Instant) async -> Set<String> {
        let found = Mutex<Set<String>>([])
        await within(deadline) { [blocking] in
            let numbers = try? await blocking.run { HostAddresses.numbers(of: host) }
            found.withLock { $0 = numbers ?? [] }
        }
        return found.withLock { $0 }
    }
}
