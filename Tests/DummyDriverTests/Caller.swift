import Foundation

/// A client that sends what it likes, byte by byte.
final class Caller: Sendable {
    private let descriptor: Int32

    /// Connects to a port of this host.
    init(_ port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { close(descriptor) }

    /// Sends bytes; what the server no longer takes is lost.
    func say(_ text: String) { say(Array(text.utf8)) }

    /// Sends bytes; what the server no longer takes is lost.
    func say(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            done += count
        }
    }

    /// Says that nothing more comes.
    func end() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// All that the server says until it hangs up.
    func hear() async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                var heard: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                    heard += buffer[..<count]
                }
                continuation.resume(returning: String(decoding: heard, as: UTF8.self))
            }
        }
    }

    /// The answer to one request on a connection of its own.
    static func ask(_ port: UInt16, _ request: String) async throws -> String {
        let caller = try Caller(port)
        caller.say(request)
        caller.end()
        return await caller.hear()
    }

    /// A free port, for a moment at least.
    static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 10_000...30_000)
            if (try? Caller(port)) == nil, (try? Caller(port + 1)) == nil { return port }
        }
        throw POSIXError(.EADDRINUSE)
    }
}
