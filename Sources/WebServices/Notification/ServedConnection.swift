internal import COpenSSL
import Glibc
import MADKit

/// A client's connection to a ``MessageServer``: a handshake, one POST, one status, the end. It never waits.
///
/// Only the server's thread touches it.
final class ServedConnection {
    /// A request in which everything is as it should be.
    struct Post {
        let peer: Peer
        let body: [UInt8]
    }

    private enum Stage { case greeting, reading, answering, draining }

    let descriptor: Int32
    /// When it is given up.
    private(set) var deadline: ContinuousClock.Instant
    /// What it waits for, as poll(2) has it.
    private(set) var events = Int16(POLLIN)

    private let tls: OpaquePointer
    private let check: PeerCheck
    private let log: Log
    private let serve: (Post) -> Int
    private var stage = Stage.greeting
    private var reader: PostReader
    private var output: [UInt8] = []
    private var mayContinue = false

    /// Takes over `descriptor`, which must not block; `nil` when OpenSSL cannot begin.
    init?(
        _ descriptor: Int32, check: PeerCheck, longestBody: Int, patience: Duration, log: Log,
        serve: @escaping (Post) -> Int
    ) {
        guard let context = SSL_CTX_new(TLS_server_method()) else { return nil }
        defer { SSL_CTX_free(context) }
        mad_ssl_context_serve(context)
        guard check.prepare(context), let tls = SSL_new(context) else { return nil }
        guard SSL_set_fd(tls, descriptor) == 1 else {
            SSL_free(tls)
            return nil
        }
        SSL_set_accept_state(tls)
        self.descriptor = descriptor
        self.tls = tls
        self.check = check
        self.log = log
        self.serve = serve
        reader = PostReader(longestBody: longestBody)
        deadline = .now + patience
    }

    deinit {
        SSL_free(tls)
        close(descriptor)
    }

    /// True until the client has shown who it is.
    var isStranger: Bool { stage == .greeting }

    /// Goes on as far as there are bytes and room; false when it is over.
    func advance() -> Bool {
        while true {
            ERR_clear_error()
            switch stage {
            case .greeting:
                let code = SSL_do_handshake(tls)
                guard code == 1 else {
                    if isWaiting(code) { return true }
                    log.info("stranger", ["reason": check.refusal ?? OpenSSLError.take()])
                    return false
                }
                stage = .reading
            case .reading:
                if !output.isEmpty, !flush() { return isAlive }
                var bytes = [UInt8](repeating: 0, count: 16 << 10)
                let count = SSL_read(tls, &bytes, Int32(bytes.count))
                guard count > 0 else { return isWaiting(count) }
                take(bytes[..<Int(count)])
            case .answering:
                guard flush() else { return isAlive }
                // Closing at once would let the kernel throw away what the client has not read yet.
                SSL_shutdown(tls)
                shutdown(descriptor, Int32(SHUT_WR))
                stage = .draining
                events = Int16(POLLIN)
                deadline = min(deadline, .now + .seconds(2))
            case .draining: return drain()
            }
        }
    }

    private var isAlive = true

    private func take(_ bytes: ArraySlice<UInt8>) {
        switch reader.take(bytes) {
        case .more:
            guard reader.wantsContinue, !mayContinue else { return }
            mayContinue = true
            output += Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        case .refused(let status): answer(status)
        case .whole:
            guard let peer = Peer(tls) else { return answer(403) }
            answer(serve(Post(peer: peer, body: reader.body)))
        }
    }

    private func answer(_ status: Int) {
        let phrase = [
            200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
            411: "Length Required", 413: "Content Too Large", 431: "Request Header Fields Too Large",
        ]
        output += Array(
            """
            HTTP/1.1 \(status) \(phrase[status] ?? "")\r
            Content-Type: text/xml; charset=utf-8\r
            Content-Length: 0\r
            Connection: close\r
            \r

            """.utf8)
        stage = .answering
    }

    /// Sends what is to be sent; false while something is left, or when the connection broke.
    private func flush() -> Bool {
        while !output.isEmpty {
            let count = SSL_write(tls, output, Int32(output.count))
            guard count > 0 else {
                isAlive = isWaiting(count)
                return false
            }
            output.removeFirst(Int(count))
        }
        return true
    }

    /// Throws away what the client still sends, as long as it sends.
    private func drain() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        for _ in 0..<16 {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        }
        return true
    }

    /// Whether OpenSSL only waits for the network; notes what for.
    private func isWaiting(_ code: Int32) -> Bool {
        switch SSL_get_error(tls, code) {
        case SSL_ERROR_WANT_READ: events = Int16(POLLIN)
        case SSL_ERROR_WANT_WRITE: events = Int16(POLLOUT)
        default: return false
        }
        return true
    }
}
