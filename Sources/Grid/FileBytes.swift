import Glibc
import MADKit

/// All that a regular file of reasonable size holds.
package struct FileBytes {
    /// Every byte.
    package let bytes: [UInt8]
    /// The version that was read.
    let signature: FileSignature

    /// A number that differs where the bytes do.
    var fingerprint: Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    /// Lists and descriptions written by people are far smaller; anything larger is a mistake.
    private static let limit = 64 << 20

    /// Reads the file at `path`.
    /// - Throws: ``MADError`` naming the path and the cause.
    package init(path: String) throws(MADError) {
        // Without O_NONBLOCK a FIFO would keep the thread for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .system("cannot read \(path)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("cannot read \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw MADError(.invalid, "cannot read \(path)", cause: "it is not a regular file")
        }
        // One byte more than there should be shows the end without another call.
        var capacity = min(Int(status.st_size), FileBytes.limit) + 1
        var bytes: [UInt8] = []
        var code: Int32 = 0
        while true {
            let start = bytes.count
            var count = 0
            let more = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
                count = Glibc.read(descriptor, buffer.baseAddress, capacity)
                code = errno
                filled = max(0, count)
            }
            if count < 0, code == EINTR { continue }
            guard count >= 0 else { throw .system("cannot read \(path)", errno: code) }
            if start == 0 { bytes = more } else { bytes += more }
            if count == 0 || start == 0 && count < capacity { break }
            guard bytes.count <= FileBytes.limit else {
                throw MADError(.invalid, "cannot read \(path)", cause: "it is larger than \(FileBytes.limit >> 20) MB")
            }
            capacity = 65_536
        }
        self.bytes = bytes
        signature = FileSignature(status)
    }
}
