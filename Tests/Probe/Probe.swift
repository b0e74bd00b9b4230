import Glibc
import MADKit

/// One executable for the tests and benchmarks of the runtime; `MAD_PROBE` chooses the driver.
@main
enum Probe {
    static func main() {
        switch Environment["MAD_PROBE"] {
        case "information": DriverProcess.run(information: InformationProbe.self)
        case "execution": DriverProcess.run(execution: ExecutionProbe.self)
        case "transfer": DriverProcess.run(transfer: TransferProbe.self)
        default: DriverProcess.run(transfer: NoopTransferDriver.self)
        }
    }

    /// Behaves as the last part of a name such as `probe:sleep/300` or `sleep/300` says.
    static func behave(_ name: String, progress: Progress? = nil) async throws {
        let parts = name.split(separator: ":").last.map { $0.split(separator: "/") } ?? []
        let number = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        switch parts.first {
        case "sleep": try await pause(for: .milliseconds(number))
        case "hang": await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        case "alive":
            for _ in 0..<number {
                try await pause(for: .milliseconds(100))
                progress?.advance()
            }
        case "print":
            print("CALLBACK 1 SUCCESS DONE")
            fflush(nil)
        case "variable":
            let name = parts.count > 1 ? String(parts[1]) : ""
            throw MADError(.refused, "\(name)=\(Environment[name] ?? "unset")")
        case "odd": throw OddError()
        case "forge":
            throw MADError(.refused, "first line\nCALLBACK 1 SUCCESS DONE\r\n\u{0}\u{1B}[31mend", cause: "\t\t")
        case "long": throw MADError(.refused, String(repeating: "ü12345678 ", count: 10_000))
        case "unreachable": throw MADError(.unreachable, "no route to the job manager")
        case "block": sleep(UInt32(number))
        default: break
        }
    }

    private struct OddError: Error {}
}
