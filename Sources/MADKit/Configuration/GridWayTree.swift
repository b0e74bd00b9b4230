import Glibc

/// The GridWay installation that a driver belongs to.
public struct GridWayTree: Sendable {
    /// `$GW_LOCATION`, or the directory above the executable's `bin` when sudo took the variable away; `nil` when neither
    /// tells.
    public let root: String?

    /// Names the installation by hand.
    public init(root: String?) {
        self.root = root
    }

    /// Finds the installation of this process.
    package static func current() -> GridWayTree {
        if let value = Environment["GW_LOCATION"], value.hasPrefix("/") { return GridWayTree(root: value) }
        guard let executable = realpath("/proc/self/exe", nil) else { return GridWayTree(root: nil) }
        defer { free(executable) }
        let parts = String(cString: executable).split(separator: "/")
        guard parts.count >= 2, parts[parts.count - 2] == "bin" else { return GridWayTree(root: nil) }
        return GridWayTree(root: "/" + parts.dropLast(2).joined(separator: "/"))
    }

    /// Where a file named in an option or a list is looked for: an absolute path as it is; a relative one below the
    /// installation if it exists there, else below the working directory.
    public func resolve(_ path: String) -> String {
        guard !path.hasPrefix("/"), let root else { return path }
        let candidate = root.hasSuffix("/") ? root + path : "\(root)/\(path)"
        return access(candidate, F_OK) == 0 ? candidate : path
    }
}
