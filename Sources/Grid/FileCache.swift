import Glibc
import MADKit
import Synchronization

/// Files in a parsed form, read again only when they changed.
///
/// Every question looks at the file's signature, so a change is seen at once, without a restart and without a clock. All
/// functions block on the disk: call them on a ``BlockingPool``.
package final class FileCache<Content: Sendable>: Sendable {
    private struct Version {
        let signature: FileSignature
        let isSettled: Bool
        let fingerprint: Int
        let content: Content
    }

    private let versions = Mutex<[String: Version]>([:])
    private let kind: String
    private let limit: Int
    private let parse: @Sendable ([UInt8], String) throws(MADError) -> Content

    /// - Parameters:
    ///   - kind: what the files are called in errors, such as `host list`.
    ///   - limit: the largest file accepted, in bytes.
    ///   - parse: makes the content from the bytes of a file and its path.
    package init(
        _ kind: String, limit: Int, parse: @escaping @Sendable ([UInt8], String) throws(MADError) -> Content
    ) {
        self.kind = kind
        self.limit = limit
        self.parse = parse
    }

    /// What the file holds now.
    /// - Throws: ``MADError`` naming the file and the cause, when it cannot be read or parsed.
    package func content(of path: String) throws(MADError) -> Content {
        let known = versions.withLock { $0[path] }
        if let known, known.isSettled, FileSignature(path: path) == known.signature { return known.content }

        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let (bytes, signature) = try read(path)
        let fingerprint = bytes.hashValue
        let isSame = known.map { $0.fingerprint == fingerprint } ?? false
        let content = if let known, isSame { known.content } else { try parse(bytes, path) }
        let version = Version(
            signature: signature, isSettled: signature.isSettled(at: now), fingerprint: fingerprint, content: content)
        versions.withLock { $0[path] = version }
        return content
    }

    /// Forgets every file.
    package func removeAll() {
        versions.withLock { $0 = [:] }
    }

    private func read(_ path: String) throws(MADError) -> ([UInt8], FileSignature) {
        // Without O_NONBLOCK a FIFO would keep the thread for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .system("cannot read \(kind) \(path)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("cannot read \(kind) \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw MADError(.invalid, "cannot read \(kind) \(path)", cause: "it is not a regular file")
        }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let wanted = max(4096, min(limit + 1, Int(status.st_size) + 1) - bytes.count)
            let start = bytes.count
            bytes += [UInt8](repeating: 0, count: wanted)
            let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress?.advanced(by: start), wanted) }
            if count < 0, errno != EINTR { throw .system("cannot read \(kind) \(path)") }
            bytes.removeLast(wanted - max(0, count))
            if count == 0 { return (bytes, FileSignature(status)) }
        }
        throw MADError(.invalid, "cannot read \(kind) \(path)", cause: "it is larger than \(limit) bytes")
    }
}
