import Glibc
import MADKit

/// Finds a driver's executable where gwd would, and beside gwmad itself, so that a fresh build can be tried in place.
struct DriverLocator: Sendable {
    let tree: GridWayTree
    /// The directories of `$PATH`.
    let path: [String]
    /// Where gwmad lies.
    let ownDirectory: String?
    /// Where gwmad was called: information drivers run there, so that `-l hosts.list` means what it says.
    let workingDirectory: String

    /// The places of this process.
    static func current() -> DriverLocator {
        var ownDirectory: String?
        if let executable = realpath("/proc/self/exe", nil) {
            ownDirectory = String(cString: executable).split(separator: "/").dropLast().map { "/\($0)" }.joined()
            free(executable)
        }
        return DriverLocator(
            tree: .current(),
            path: (Environment["PATH"] ?? "").split(separator: ":").map { LocalFile.absolute("\($0)") },
            ownDirectory: ownDirectory, workingDirectory: LocalFile.absolute("."))
    }

    /// Where gwd looks: execution and transfer drivers in `$GW_LOCATION/bin`, information drivers through `$PATH`; any
    /// driver by an absolute path.
    func candidates(for driver: DriverSpec) -> [String] {
        if driver.executable.hasPrefix("/") { return [driver.executable] }
        let bin = tree.root.map { ["\($0)/bin"] } ?? []
        let directories = driver.kind == .information ? path + bin : bin + path
        return (directories + (ownDirectory.map { [$0] } ?? [])).map { "\($0)/\(driver.executable)" }
    }

    /// The first candidate that can be executed.
    func find(_ driver: DriverSpec) throws(Failure) -> String {
        let candidates = candidates(for: driver)
        if let path = candidates.first(where: { isExecutable($0) }) { return path }
        let places = driver.executable.hasPrefix("/") ? "" : "; looked in $GW_LOCATION/bin, $PATH and beside gwmad"
        throw Failure(.drivers, "\(driver.origin): \(driver.label): no executable \(driver.executable)\(places)")
    }

    private func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
