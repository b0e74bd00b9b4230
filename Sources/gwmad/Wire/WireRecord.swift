import Glibc

/// Records the conversations as lines `time driver > request|`; the bar makes trailing blanks visible.
final class WireRecord {
    enum Direction: String {
        case request = ">"
        case reply = "<"
        case note = "#"
    }

    private let target: Target
    private var descriptors: [String: Int32] = [:]

    private enum Target {
        case file(Int32)
        case directory(String)
    }

    /// Records into one file, or, when `path` is a directory, into a file `NAME.trace` per driver. Appends.
    init(path: String) throws(Failure) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            target = .directory(path)
        } else {
            target = .file(try WireRecord.open(path))
        }
    }

    /// Adds one line.
    func record(_ driver: DriverSpec, _ direction: Direction, _ text: some Sequence<UInt8>) {
        let name = "\(driver.kind.rawValue.prefix(2).lowercased())_\(driver.name)"
        guard let descriptor = descriptor(for: name) else { return }
        var line = Array("\(WireRecord.time()) \(name.padded(to: 12)) \(direction.rawValue) ".utf8)
        line += text
        line += direction == .note ? [0x0A] : [0x7C, 0x0A]
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    private func descriptor(for name: String) -> Int32? {
        switch target {
        case .file(let descriptor): return descriptor
        case .directory(let path):
            if let known = descriptors[name] { return known }
            let opened = try? WireRecord.open("\(path)/\(name.replacing("/", with: "_")).trace")
            descriptors[name] = opened
            return opened
        }
    }

    private static func open(_ path: String) throws(Failure) -> Int32 {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system("cannot write the trace \(path)", .usage) }
        return descriptor
    }

    private static func time() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        localtime_r(&now.tv_sec, &parts)
        func digits(_ number: Int, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        return "\(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2))"
            + ".\(digits(now.tv_nsec / 1000, 6))"
    }
}
