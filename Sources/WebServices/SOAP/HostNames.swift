import Glibc
import MADKit
import Synchronization

/// Names of servers that are addressed by number, as the containers of Globus like to publish themselves. Globus asks the
/// name service who that is, and so do we; a name counts only when it leads back to the number.
final class HostNames: Sendable {
    private let known = Mutex<[String: [String]]>([:])

    /// The names of a numeric address; none for a name.
    func names(of host: String, _ blocking: BlockingPool) async throws -> [String] {
        guard HostNames.isNumeric(host) else { return [] }
        if let names = known.withLock({ $0[host] }) { return names }
        let names = try await blocking.run { HostNames.lookUp(host) }
        if !names.isEmpty { known.withLock { $0[host] = names } }
        return names
    }

    private static func isNumeric(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }

    private static func lookUp(_ address: String) -> [String] {
        var found: [String] = []
        forEachAddress(of: address, flags: AI_NUMERICHOST) { entry in
            var name = [CChar](repeating: 0, count: 1_025)
            guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &name, 1_025, nil, 0, NI_NAMEREQD) == 0 else { return }
            let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            var leadsBack = false
            forEachAddress(of: text, flags: 0) { entry in
                var number = [CChar](repeating: 0, count: 1_025)
                guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &number, 1_025, nil, 0, NI_NUMERICHOST) == 0
                else { return }
                let text = String(decoding: number.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if text == address { leadsBack = true }
            }
            if leadsBack { found.append(text) }
        }
        return found
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
