import GASS
import Glibc
import Grid
import MADKit

/// The files of jobs on this machine: which the server is to open, and whether they are there.
///
/// gwd's requests tell them: at stage-in the sources of CP lines, among them the job's `job.env` in its directory under
/// gwd's `var`; that file names the directory that the job's results go to, long before a CP line does.
enum JobFiles {
    /// Opens what jobs of every user need: gwd's `var` with the job directories in it, and the wrapper in `libexec`; and
    /// keeps them from the programs and their settings, should a job's own directory be around these.
    static func openInstallation(_ tree: GridWayTree, on server: StagingServer) {
        guard let root = tree.root else { return }
        server.grant(.spool, "\(root)/var", to: "installation")
        server.grant(.readable, "\(root)/libexec", to: "installation")
        for name in ["bin", "etc", "libexec"] { server.grant(.sealed, "\(root)/\(name)", to: "installation") }
    }

    /// The true path of a directory of `--allow`.
    /// - Throws: ``MADError`` of code `invalid` naming it when it is none.
    static func allowed(_ directory: Substring, _ tree: GridWayTree) throws(MADError) -> String {
        var status = stat()
        let path = tree.resolve(String(directory))
        guard stat(path, &status) == 0 else { throw .system("--allow \(path)") }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw MADError(.invalid, "--allow \(path) is not a directory")
        }
        guard StagingServer.canName(path) else {
            throw MADError(.invalid, "--allow \(path)", cause: "the name of the directory holds a line end")
        }
        return path
    }

    /// The path in a `file:` URL; `nil` for another scheme.
    /// - Throws: ``MADError`` of code `invalid` for a file of another host.
    static func localPath(_ url: TransferURL) throws(MADError) -> String? {
        guard url.text.lowercased().hasPrefix("file:") else { return nil }
        var path = url.text.dropFirst(5)
        if path.hasPrefix("//localhost/") {
            path = path.dropFirst(11)
        } else if path.hasPrefix("//") {
            path = path.dropFirst(2)
        }
        guard path.hasPrefix("/") else {
            throw MADError(.invalid, "\(url) is not a file of this machine, file:///PATH")
        }
        return String(path)
    }

    /// A job will fetch `path`: it must be there, and the server may give it out.
    /// - Throws: ``MADError`` naming the path when it cannot be read.
    static func offer(
        _ path: String, of copy: Copy, below url: TransferURL?, on server: StagingServer?
    ) throws(MADError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .system("the job cannot fetch \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw MADError(.invalid, "the job cannot fetch \(path)", cause: "not a regular file")
        }
        guard access(path, R_OK) == 0 else { throw .system("the job cannot fetch \(path)") }
        guard let server, let url else { return }
        let owner = "\(copy.job)"
        server.grant(.file, path, to: owner)
        // gwd's own is in the directory of its job, where jobs can write nothing like it.
        guard path.hasSuffix("/\(owner)/job.env"), copy.destination.text.hasSuffix("/job.env") else { return }
        server.grant(.spool, String(path.dropLast("/job.env".count)), to: owner)
        let settings = JobSettings(path: path, stagingURL: url.text)
        if let home = settings.home { server.grant(.visible, home, to: owner) }
        for file in settings.inputs { server.grant(.input, file, to: owner) }
        for file in settings.results { server.grant(.result, file, to: owner) }
    }

    /// A job has brought `path` already: it must be there, and gwd, another account, must be able to read it.
    /// - Parameter isServed: false when jobs have no server to bring anything to.
    /// - Throws: ``MADError`` naming the path.
    static func accept(_ path: String, isServed: Bool) throws(MADError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if !isServed { return }
            throw .system("the job has not brought \(path)")
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o044 != 0o044 else {
            return
        }
        guard chmod(path, status.st_mode & 0o777 | 0o044) == 0 else { throw .system("gwd could not read \(path)") }
    }
}
