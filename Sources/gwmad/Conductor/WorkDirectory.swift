import Glibc
import MADKit

/// A private directory that stands for gwd's `var`: drivers run in it, and the job's own files lie in `<job>/`.
final class WorkDirectory {
    let path: String
    private let job: JobID

    /// Makes it, below `$TMPDIR` or /tmp, and moves this process there, as gwd works in its `var`.
    init(for job: JobID) throws(Failure) {
        self.job = job
        let base = LocalFile.absolute(Environment["TMPDIR"] ?? "/tmp")
        _ = try LocalFile.url("file://\(base)")
        var template = Array("\(base)/gwmad-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .system("cannot make a work directory in \(base)") }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        guard mkdir("\(path)/\(job)", 0o775) == 0, chdir(path) == 0 else { throw .system("cannot use \(path)") }
    }

    /// A file of the job.
    func file(_ name: String) -> String { "\(path)/\(job)/\(name)" }

    /// The URL of a file of the job.
    func url(_ name: String) throws(Failure) -> TransferURL { try LocalFile.url("file://\(file(name))") }

    /// What a file of the job holds; nothing when it is not there.
    func text(_ name: String) -> String { (try? readFile(file(name), orExit: .system)) ?? "" }

    /// Writes a file of the job and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws(Failure) -> String {
        let path = file(name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system("cannot write \(path)") }
        let isWritten = Output(descriptor: descriptor).write(text)
        guard close(descriptor) == 0, isWritten else { throw .system("cannot write \(path)") }
        return path
    }

    /// Removes it with everything inside.
    func remove() {
        _ = chdir("/")
        WorkDirectory.removeTree(path)
    }

    private static func removeTree(_ path: String) {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard name != ".", name != ".." else { continue }
                let child = "\(path)/\(name)"
                var status = stat()
                guard lstat(child, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR { removeTree(child) } else { unlink(child) }
            }
            closedir(directory)
        }
        rmdir(path)
    }
}
