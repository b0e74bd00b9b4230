import Glibc

/// The driver's own account of what it does: one `key=value` line per event, on stderr or in a file, never on stdout.
///
/// gwd points the stderr of its drivers at /dev/null, so an administrator who wants to read along names a file.
public final class Log: Sendable {
    /// How much is told, from least to most.
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case error, warning, info, debug

        /// The level of that name; `nil` for other words.
        public init?(name: String) {
            guard let level = Level.allCases.first(where: { "\($0)" == name.lowercased() }) else { return nil }
            self = level
        }

        /// By severity: `error` is the smallest.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private let level: Level
    private let program: String
    private let descriptor: Int32

    /// Writes events of `level` and more severe ones to `descriptor`.
    public init(program: String, level: Level = .warning, descriptor: Int32 = 2) {
        self.program = program
        self.level = level
        self.descriptor = descriptor
    }

    /// Something is broken that should not be.
    public func error(_ event: String, _ fields: KeyValuePairs<String, String> = [:]) { record(.error, event, fields) }
    /// Something an administrator should look at.
    public func warning(_ event: String, _ fields: KeyValuePairs<String, String> = [:]) {
        record(.warning, event, fields)
    }
    /// A milestone.
    public func info(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        if level >= .info { record(.info, event, fields()) }
    }
    /// Everything else.
    public func debug(_ event: String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        if level >= .debug { record(.debug, event, fields()) }
    }

    private func record(_ severity: Level, _ event: String, _ fields: KeyValuePairs<String, String>) {
        guard severity <= level else { return }
        var line = "time=\(Timestamp.now) level=\(severity) program=\(program) pid=\(getpid()) event=\(event)"
        for (key, value) in fields { line += " \(key)=\(Log.quoted(value))" }
        line += "\n"
        // One write a line: lines of several threads and processes do not mix.
        _ = line.utf8.withContiguousStorageIfAvailable { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    /// A value as one word: quoted when it holds anything but plain characters, control characters made visible.
    static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D }
        guard !isPlain else { return value }
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar)
            }
        }
        return result + "\""
    }
}
