import Glibc
import MADKit

/// The drivers that a gwd.conf names.
struct GWDConf: Sendable {
    /// In the order of the file; of two lines with one name gwd takes the first.
    let drivers: [DriverSpec]
    /// What gwd would only log.
    let warnings: [String]
    let path: String

    /// gwd knows at most this many drivers of each kind (GridWay 5.4 to 5.14).
    static let mostOfAKind = 5

    /// The drivers of one kind.
    func drivers(_ kind: DriverKind) -> [DriverSpec] { drivers.filter { $0.kind == kind } }

    /// Reads the lines `IM_MAD = …`, `TM_MAD = …` and `EM_MAD = …`; all other settings are none of our business.
    init(text: String, path: String) throws(Failure) {
        var drivers: [DriverSpec] = []
        var warnings: [String] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let origin = "\(path):\(index + 1)"
            let text = line.trimmed
            guard !text.hasPrefix("#"), let equals = text.firstIndex(of: "="),
                let kind = DriverKind(rawValue: text[..<equals].trimmed)
            else { continue }
            let driver = try DriverSpec(kind: kind, fields: text[text.index(after: equals)...], origin: origin)
            if drivers.contains(where: { $0.kind == kind && $0.name == driver.name }) {
                warnings.append("\(origin): a second \(kind.rawValue) \(driver.name), which gwd ignores")
            } else if drivers.filter({ $0.kind == kind }).count == GWDConf.mostOfAKind {
                warnings.append("\(origin): more than \(GWDConf.mostOfAKind) \(kind.rawValue) lines, which gwd ignores")
            } else {
                drivers.append(driver)
            }
        }
        self.drivers = drivers
        self.warnings = warnings
        self.path = path
    }

    /// Reads the file an option names, else the usual places: `$TESTBED_GWD_CONF`, then below the GridWay tree.
    static func load(_ option: String?, tree: GridWayTree) throws(Failure) -> GWDConf {
        let path = if let option { option } else { try usualPath(tree) }
        return try GWDConf(text: readFile(path, orExit: .configuration), path: path)
    }

    private static func usualPath(_ tree: GridWayTree) throws(Failure) -> String {
        if let path = Environment["TESTBED_GWD_CONF"] { return path }
        guard let root = tree.root else {
            throw Failure(.configuration, "no gwd.conf: give --config FILE, or set GW_LOCATION")
        }
        let paths = ["\(root)/etc/gwd.conf", "\(root)/etc/gridway/gwd.conf"]
        guard let path = paths.first(where: { access($0, F_OK) == 0 }) else {
            throw Failure(.configuration, "no gwd.conf: neither \(paths[0]) nor \(paths[1]) exists; give --config FILE")
        }
        return path
    }
}

/// A whole regular file as text.
/// - Parameter code: the exit status when it cannot be read.
func readFile(_ path: String, orExit code: ExitCode) throws(Failure) -> String {
    // Without O_NONBLOCK a FIFO would never open.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .system("cannot read \(path)", code) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw Failure(code, "cannot read \(path): it is not a regular file")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .system("cannot read \(path)", code) }
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer.prefix(count)
    }
}
