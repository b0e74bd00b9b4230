import Foundation
import Glibc

/// The server that checks requests of web services against the official schemas of Globus Toolkit 4. The schemas are not
/// ours to publish, so it lies beside the repository, in `../shared/wsrf`, or where `WSRF_REFERENCE` says; often it is not
/// there at all.
package final class CheckServer: Sendable {
    /// Where it is; `nil` when it is not there.
    package static let folder: String? = {
        let folder =
            ProcessInfo.processInfo.environment["WSRF_REFERENCE"]
            ?? Testbed.root.deletingLastPathComponent().appendingPathComponent("shared/wsrf").path
        return FileManager.default.isReadableFile(atPath: folder + "/check-server.py") ? folder : nil
    }()

    /// Whether requests can be checked against the schemas here.
    package static var isThere: Bool { folder != nil }

    private let script: Talk
    /// Where it answers, `HOST:PORT`.
    package let address: String
    /// The port alone.
    package let port: UInt16

    /// Starts a server for one dialect and waits until it answers.
    /// - Parameter options: further options of `check-server.py`.
    package init(gt: String, on grid: Testbed, options: [String] = []) async throws {
        let place = grid["TESTBED_DIR"]
        port = try CheckServer.freePort()
        address = "\(grid["GLOBUS_HOSTNAME"]):\(port)"
        script = try Talk(
            // The system's own Python, which has lxml, as for the container.
            "/usr/bin/python3",
            .init(
                [
                    "-B", "\(CheckServer.folder ?? "")/check-server.py", "--gt", gt, "--port", "\(port)", "--cert",
                    "\(place)/users/host-cert.pem",
                    "--key", "\(place)/users/host-key.pem", "--ca-dir", grid["X509_CERT_DIR"],
                ] + options))
        _ = try await script.hear("READY ", within: .seconds(60))
    }

    private static func freePort() throws -> UInt16 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, length) == 0 ? getsockname(socket, pointer, &length) : -1
            }
        }
        guard code == 0 else { throw POSIXError(.EADDRINUSE) }
        return UInt16(bigEndian: address.sin_port)
    }

    /// The operations that it took, each once.
    package var accepted: Set<String> {
        Set(lines("OK ").compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) })
    }

    /// What it refused, with its reasons. That a job is gone is no mistake of the request, nor is it one that the driver
    /// ends while it is asking.
    package var rejections: [String] {
        lines("REJECT /").filter { !$0.contains("ResourceUnknownFault") }
    }

    /// What it took, but found strange. That it looks at delegated chains only so far, and that it tells no news, are
    /// remarks about itself.
    package var remarks: [String] {
        lines("NOTE ").filter { !$0.contains("delegated chain of") && !$0.contains("Subscribe was sent") }
    }

    private func lines(_ prefix: String) -> [String] { script.transcript.filter { $0.hasPrefix(prefix) } }
}
