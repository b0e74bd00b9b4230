import GRAM
import Glibc
import MADKit

/// The job description that gwd wrote to a file: bytes, whatever their encoding, of which none is changed.
enum JobDocument {
    /// Reads the whole file. Blocks.
    /// - Throws: ``MADError`` naming the file: missing, unreadable, empty, larger than any message of GRAM, no regular
    ///   file, or with a NUL in it, behind which GRAM would see nothing.
    static func read(_ path: String) throws(MADError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system("cannot read the job description \(path)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw MADError(.invalid, "the job description \(path) is not a regular file")
        }
        // Escapes and the rest of the message come on top, so this is only the end of what is worth reading.
        guard status.st_size <= GRAMMessage.limit else {
            throw tooLong(path, size: status.st_size, limit: GRAMMessage.limit)
        }
        let bytes = try bytes(of: descriptor, path)
        guard !bytes.isEmpty else { throw MADError(.invalid, "the job description \(path) is empty") }
        guard !bytes.contains(0) else { throw MADError(.invalid, "the job description \(path) holds a NUL byte") }
        return bytes
    }

    /// The description does not fit into a message of GRAM, which would break the connection off without a reason.
    static func tooLong(_ path: String, size: Int, limit: Int) -> MADError {
        MADError(.invalid, "the job description \(path) is too long for GRAM: \(size) bytes, at most \(limit)")
    }

    private static func bytes(of descriptor: Int32, _ path: String) throws(MADError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while bytes.count <= GRAMMessage.limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("cannot read the job description \(path)") }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
