internal import COpenSSL
import Glibc
import MADKit

/// The user's proxy certificate with its key, as a file that is there, ours, and still valid.
public final class ProxyCredential: @unchecked Sendable {
    // Sendable because nothing changes after init, and OpenSSL counts references to the key with atomic operations.

    /// The file.
    public let path: String
    /// The distinguished name of the user, without the proxies' own parts.
    public let identity: String
    /// When it ends, in seconds since 1970.
    public let expiry: Int
    /// When the file was written, in nanoseconds since 1970: a renewed proxy shows here.
    public let modified: Int
    /// The proxy, its issuer and so on to the user's own certificate.
    let chain: [Certificate]
    let key: OpaquePointer

    /// Where Globus looks for a proxy: `X509_USER_PROXY`, else `/tmp/x509up_u<uid>`.
    public static var defaultPath: String { Environment["X509_USER_PROXY"] ?? "/tmp/x509up_u\(getuid())" }

    /// Seconds left; negative once it is over.
    public var secondsLeft: Int { expiry - time(nil) }

    /// Reads and checks a proxy file. Opens files only; no server is asked.
    /// - Throws: ``MADError`` of code `credential` that names the file and what is wrong: missing, not ours, open to
    ///   others, unreadable or expired.
    public init(path: String = ProxyCredential.defaultPath) throws(MADError) {
        let (pem, modified) = try ProxyCredential.bytes(of: path)
        let chain = ProxyCredential.certificates(in: pem)
        let key = ProxyCredential.key(in: pem)
        guard let first = chain.first else {
            if let key { EVP_PKEY_free(key) }
            throw MADError(
                .credential, "the proxy certificate \(path) cannot be read", cause: "it holds no certificate")
        }
        guard let key else {
            throw MADError(
                .credential, "the proxy certificate \(path) cannot be read",
                cause: "it holds no private key that needs no password: \(OpenSSLError.take())")
        }
        self.key = key
        guard X509_check_private_key(first.raw, key) == 1 else {
            throw MADError(.credential, "the proxy certificate \(path) cannot be read", cause: OpenSSLError.take())
        }
        self.chain = chain
        self.path = path
        self.modified = modified
        identity = (chain.first { $0.proxyKind == nil } ?? first).subject
        expiry = chain.map(\.expiry).min() ?? 0
        guard secondsLeft > 0 else {
            throw MADError(
                .credential, "the proxy certificate \(path) of \(identity) expired \(-secondsLeft) s ago")
        }
    }

    deinit { EVP_PKEY_free(key) }

    /// What a proxy file may hold at most; real ones have some 10 kB.
    private static let limit = 1 << 20

    private static func bytes(of path: String) throws(MADError) -> (bytes: [UInt8], modified: Int) {
        // Whatever the name stands for is looked at and read through one descriptor: it may be exchanged meanwhile.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw MADError(
                .credential, "no proxy certificate at \(path)",
                cause: "\(String(cString: strerror(errno))) (grid-proxy-init makes one)")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            throw MADError(.credential, "the proxy certificate \(path) is not a regular file of this user")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw MADError(
                .credential, "the proxy certificate \(path) is open to other users",
                cause: "mode \(String(status.st_mode & 0o777, radix: 8)), must be 600")
        }
        var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), limit))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                let free = UnsafeMutableRawBufferPointer(rebasing: $0[filled...])
                return read(descriptor, free.baseAddress, free.count)
            }
            guard count > 0 else { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        return (bytes, status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
    }

    private static func certificates(in pem: [UInt8]) -> [Certificate] {
        reading(pem) { memory in
            var chain: [Certificate] = []
            while let raw = PEM_read_bio_X509(memory, nil, nil, nil) { chain.append(Certificate(owned: raw)) }
            // Each reading ends with the error that there is no more.
            ERR_clear_error()
            return chain
        }
    }

    private static func key(in pem: [UInt8]) -> OpaquePointer? {
        reading(pem) { memory in
            // A locked key must not make OpenSSL ask at a terminal.
            PEM_read_bio_PrivateKey(memory, nil, { _, _, _, _ in -1 }, nil)
        }
    }

    private static func reading<Result>(_ pem: [UInt8], _ body: (OpaquePointer?) -> Result) -> Result {
        pem.withUnsafeBytes { buffer in
            let memory = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count))
            defer { BIO_free(memory) }
            return body(memory)
        }
    }
}
