import Glibc
import MADKit

/// Files of this machine as gwd names them: `file://` and an absolute path.
enum LocalFile {
    /// The longest URL of a CP that gwd can hold (GridWay 5.6 to 5.14).
    private static let longestURL = 1023

    /// The URL of a file to read; a URL passes as it is.
    static func source(_ path: String) throws(Failure) -> TransferURL {
        if isURL(path) { return try url(path) }
        let path = absolute(path)
        var status = stat()
        guard stat(path, &status) == 0, access(path, R_OK) == 0 else { throw .system("cannot read \(path)", .input) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(.input, "\(path) is not a file") }
        return try url("file://" + path)
    }

    /// The URL of a file to write; a directory gets a file called `name`.
    static func destination(_ path: String, name: String) throws(Failure) -> TransferURL {
        if isURL(path) { return try url(path) }
        var path = absolute(path)
        if isDirectory(path) { path += "/" + self.name(of: name) }
        let parent = path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        guard isDirectory(parent.isEmpty ? "/" : parent) else {
            throw Failure(.input, "no directory \(parent) for \(path)")
        }
        guard access(parent.isEmpty ? "/" : parent, W_OK) == 0 else { throw .system("cannot write \(path)", .input) }
        return try url("file://" + path)
    }

    /// The last part of a path or URL.
    static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// The path as seen from the root, without `.` and empty parts.
    static func absolute(_ path: String) -> String {
        var whole = path
        if !path.hasPrefix("/"), let directory = getcwd(nil, 0) {
            whole = "\(String(cString: directory))/\(path)"
            free(directory)
        }
        return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// Any text as a URL that fits on the wire.
    static func url(_ text: String) throws(Failure) -> TransferURL {
        guard let url = TransferURL(text) else {
            throw Failure(.input, "'\(text)' holds a blank, which gwd's lines cannot carry")
        }
        guard text.utf8.count <= longestURL else {
            throw Failure(.input, "longer than gwd's \(longestURL) bytes: \(text)")
        }
        return url
    }

    private static func isURL(_ text: String) -> Bool { text.contains("://") }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
