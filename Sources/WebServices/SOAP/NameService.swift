import Glibc

/// What the name service knows of hosts. Everything here blocks, for as long as the resolver likes.
public enum NameService {
    /// Whether that is the address of a host in numbers, and no name.
    public static func isNumeric(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }

    /// The names of a numeric address; only those that lead back to it count.
    public static func names(of address: String) -> [String] {
        var found: [String] = []
        forEachAddress(of: address, flags: AI_NUMERICHOST) { entry in
            guard let name = text(of: entry, flags: NI_NAMEREQD) else { return }
            if addresses(of: name).contains(address) { found.append(name) }
        }
        return found
    }

    /// The numeric addresses of a host, each once.
    public static func addresses(of host: String) -> Set<String> {
        var found: Set<String> = []
        forEachAddress(of: host, flags: 0) { entry in
            if let address = text(of: entry, flags: NI_NUMERICHOST) { found.insert(address) }
        }
        return found
    }

    private static func text(of entry: addrinfo, flags: Int32) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &buffer, socklen_t(NI_MAXHOST), nil, 0, flags) == 0 else {
            return nil
        }
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
