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

    /// The address of this machine from which a host would be reached, in numbers: the way there decides. No packet is
    /// sent. `nil` when there is no way.
    public static func ownAddress(towards host: String, port: UInt16) -> String? {
        var found: String?
        forEachAddress(of: host, flags: 0) { entry in
            guard found == nil else { return }
            let descriptor = socket(
                entry.ai_family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { return }
            defer { close(descriptor) }
            var storage = sockaddr_storage()
            guard let address = entry.ai_addr, entry.ai_addrlen <= MemoryLayout<sockaddr_storage>.size else { return }
            found = withUnsafeMutableBytes(of: &storage) { bytes in
                guard let start = bytes.baseAddress else { return nil }
                start.copyMemory(from: address, byteCount: Int(entry.ai_addrlen))
                // The port stands at the same place in both families.
                bytes[2] = UInt8(port >> 8)
                bytes[3] = UInt8(port & 0xFF)
                let own = start.assumingMemoryBound(to: sockaddr.self)
                var length = entry.ai_addrlen
                guard connect(descriptor, own, length) == 0, getsockname(descriptor, own, &length) == 0 else {
                    return nil
                }
                var entry = entry
                entry.ai_addr = own
                entry.ai_addrlen = length
                // An address that holds on one link only is none for others.
                return text(of: entry, flags: NI_NUMERICHOST).flatMap { $0.contains("%") ? nil : $0 }
            }
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
