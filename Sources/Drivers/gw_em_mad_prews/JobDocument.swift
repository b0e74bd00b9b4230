import Glibc
import MADKit

/// The job description that gwd wrote to a file.
enum JobDocument {
    /// GRAM's messages hold 64000 bytes; what is larger than this is not a job description.
    private static let limit = 1 << 20

    /// Reads the whole file. Blocks.
    /// - Throws: ``MADError`` naming the file: missing, unreadable, empty, no regular file, or with a NUL in it, behind
    ///   which GRAM would see nothing.
    static func read(_ path: String) throws(MADError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system("cannot read the job description \(path)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw MADError(.invalid, "the job description \(path) is not a regular file")
        }
        guard status.st_size <= limit else {
            throw MADError(.invalid, "the job description \(path) is too long", cause: "\(status.st_size) bytes")
        }
        let bytes = try bytes(of: descriptor, path)
        guard !bytes.isEmpty else { throw MADError(.invalid, "the job description \(path) is empty") }
        guard !bytes.contains(0) else { throw MADError(.invalid, "the job description \(path) holds a NUL byte") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MADError(.invalid, "the job description \(path) is not UTF-8 text")
        }
        return text
    }

    private static func bytes(of descriptor: Int32, _ path: String) throws(MADError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("cannot read the job description \(path)") }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
