import Glibc
import MADKit
import Synchronization

/// Names of numbers and numbers of names, as the name service has them. It may be slow or silent: nobody waits for it
/// longer than he wants to, and what comes later is there for the next who asks.
final class HostAddresses: Sendable {
    private let knownNames = Mutex<[String: String]>([:])
    private let knownNumbers = Mutex<[String: Set<String>]>([:])
    /// Threads of its own: a silent name service would keep all those that others need.
    private let blocking = BlockingPool(limit: 4)

    /// The names of those hosts that are numbers and have one. A name counts only when it leads back to the number.
    func names(of hosts: [String], before deadline: Instant) async -> [String: String] {
        let wanted = Set(hosts.filter { HostAddresses.isNumber($0) })
        let new = wanted.filter { number in knownNames.withLock { $0[number] == nil } }
        if !new.isEmpty {
            try? await within(.milliseconds(deadline.millisecondsFromNow)) { [self] in
                await withTaskGroup(of: Void.self) { group in
                    for number in new {
                        group.addTask { [self] in
                            guard let name = try? await blocking.run({ HostAddresses.name(of: number) }) else { return }
                            knownNames.withLock { $0[number] = name }
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
            let found = try? await blocking.run { HostAddresses.numbers(of: host) }
            if let found, !found.isEmpty { knownNumbers.withLock { $0[host] = found } }
        }
        return knownNumbers.withLock { $0[host] ?? [] }
    }

    private static func isNumber(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }

    private static func name(of number: String) -> String? {
        var name: String?
        forEachAddress(of: number, flags: AI_NUMERICHOST) { entry in
            guard name == nil, let found = text(of: entry, flags: NI_NAMEREQD) else { return }
            if numbers(of: found).contains(number) { name = found.lowercased() }
        }
        return name
    }

    private static func numbers(of host: String) -> Set<String> {
        var found: Set<String> = []
        forEachAddress(of: host, flags: 0) { entry in
            if let number = text(of: entry, flags: NI_NUMERICHOST) { found.insert(number) }
        }
        return found
    }

    private static func text(of entry: addrinfo, flags: Int32) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &buffer, socklen_t(NI_MAXHOST), nil, 0, flags) == 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func forEachAddress(of host: String, flags: Int32, _ body: (addrinfo) -> Void) {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return }
        defer { freeaddrinfo(first) }
        var next = first
        while let entry = next {
            body(entry.pointee)
            next = entry.pointee.ai_next
        }
    }
}
