import Glibc
import MADKit

/// An information driver for a "grid" of one machine: this one. Its figures come from /proc.
@main
struct LocalMachine: InformationDriver {
    static let manual = Manual(
        program: "gw_im_mad_local",
        summary: "tells gwd about this machine",
        options: [Manual.Option("n", "name", value: "HOST", "the name to use (default: the machine's own)")])

    static func main() {
        DriverProcess.run(information: LocalMachine.self)
    }

    private let name: HostName
    private let blocking: BlockingPool

    init(_ launch: Launch) async throws {
        let own = LocalMachine.line(1, of: "/proc/sys/kernel/hostname")
        guard let name = HostName(launch.options["name"] ?? own) else {
            throw MADError(.invalid, "this machine has no name; give one with --name")
        }
        self.name = name
        blocking = launch.blocking
    }

    func discover() async throws -> [HostName] { [name] }

    func monitor(_ host: HostName) async throws -> HostAttributes {
        guard host == name else { throw MADError(.unknown, "\(host) is not this machine (\(name))") }
        // Files may be slow: such calls belong on a thread that may block.
        return try await blocking.run { LocalMachine.attributes(of: host) }
    }

    private static func attributes(of host: HostName) -> HostAttributes {
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let load = Double(line(1, of: "/proc/loadavg").split(separator: " ").first ?? "0") ?? 0
        var attributes = HostAttributes()
        attributes.set("HOSTNAME", .text(host.text))
        attributes.set("OS_NAME", .text(line(1, of: "/proc/sys/kernel/ostype")))
        attributes.set("OS_VERSION", .text(line(1, of: "/proc/sys/kernel/osrelease")))
        attributes.set("CPU_SMP", .integer(processors))
        attributes.set("CPU_FREE", .integer(max(0, Int((Double(processors) - load) * 100))))
        attributes.set("SIZE_MEM_MB", .integer(megabytes(line(1, of: "/proc/meminfo"))))
        attributes.set("FREE_MEM_MB", .integer(megabytes(line(2, of: "/proc/meminfo"))))
        attributes.set("FORK_NAME", .text("jobmanager-fork"))
        attributes.set("LRMS_NAME", .text("jobmanager-fork"))
        attributes.set("LRMS_TYPE", .text("fork"))
        attributes.set("QUEUE_NAME", at: 0, .text("default"))
        attributes.set("QUEUE_NODECOUNT", at: 0, .integer(processors))
        return attributes
    }

    /// A line of a small file, counted from 1; empty when it is not there.
    private static func line(_ number: Int, of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        for _ in 1..<number { fgets(&buffer, 256, file) }
        guard fgets(&buffer, 256, file) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 && $0 != 0x0A }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The number of `MemTotal:  8024684 kB`, in MB.
    private static func megabytes(_ line: String) -> Int {
        line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1024 } ?? 0
    }
}
