import GASS
import Glibc
import MADKit
import Synchronization

/// Moves nothing: it tells gwd the URL below which jobs find and leave their files (the reverse model), and lets the
/// server there touch what they need.
struct DummyDriver: TransferDriver {
    static let manual = Manual(
        program: "gw_tm_mad_dummy", summary: "tells GridWay where jobs fetch and leave their files themselves",
        options: [
            .init("g", "gass", "run a GASS server for the jobs of this user, under GSI"),
            .init("u", "url", value: "URL", "use this server (gsiftp, ftp, https or http)"),
            .init("i", "insecure", "run the GASS server without any security: everybody may use it"),
            .init(nil, "allow", value: "DIRECTORY[,...]", "let the GASS server read and write there as well"),
            .init(nil, "port", value: "NUMBER", "port of the GASS server (default: of GLOBUS_TCP_PORT_RANGE)"),
        ])

    let stagingURL: TransferURL?
    private let server: StagingServer?
    /// The directory that each job said to have, of those that the server was opened for.
    private let directories = JobDirectories()
    private let log: Log
    private let blocking: BlockingPool

    init(_ launch: Launch) async throws {
        log = launch.log
        blocking = launch.blocking
        if let text = launch.options["url"] {
            let url = try StagingURL(text)
            try await launch.blocking.run { try url.checkReachable() }
            stagingURL = url.url
            server = nil
        } else if launch.options.has("gass") || launch.options.has("insecure") {
            let isSecure = launch.options.has("gass")
            if !isSecure {
                launch.log.warning("insecure", ["text": "whoever reaches the GASS server can use it as this user"])
            }
            let server = StagingServer(
                isSecure: isSecure, port: try launch.options.integer("port", in: 1...65_535).map { UInt16($0) },
                log: launch.log)
            JobFiles.openInstallation(launch.tree, on: server)
            for directory in (launch.options["allow"] ?? "").split(separator: ",") {
                server.grant(.writable, try JobFiles.allowed(directory, launch.tree), to: "installation")
            }
            stagingURL = try await server.start()
            self.server = server
        } else {
            stagingURL = nil
            server = nil
        }
    }

    func makeDirectory(_ url: TransferURL, for job: JobID) async throws {
        // The first thing a job does; whatever an earlier job of this number was allowed is over.
        server?.forget("\(job)")
        directories.set(url, of: job)
    }

    func removeDirectory(_ url: TransferURL, for job: JobID, progress: Progress) async throws {
        // The last thing, unless the job has moved on and this is its former host's.
        if directories.take(url, of: job) { server?.forget("\(job)") }
    }

    func exists(_ url: TransferURL, for job: JobID) async throws -> Bool {
        guard let path = try JobFiles.localPath(url) else { return true }
        return try await blocking.run { access(path, F_OK) == 0 }
    }

    func copy(_ copy: Copy, progress: Progress) async throws {
        let server = server
        let stagingURL = stagingURL
        try await blocking.run {
            if let source = try JobFiles.localPath(copy.source) {
                try JobFiles.offer(source, of: copy, below: stagingURL, on: server)
            }
            if let destination = try JobFiles.localPath(copy.destination) {
                try JobFiles.accept(destination, isServed: stagingURL != nil)
            }
        }
    }

    func shutDown() async {
        server?.stop()
    }
}

/// The remote directory of each job that has one.
private final class JobDirectories: Sendable {
    private let directories = Mutex<[JobID: TransferURL]>([:])

    func set(_ url: TransferURL, of job: JobID) { directories.withLock { $0[job] = url } }

    /// Forgets the job's directory if it is this one; false for another.
    func take(_ url: TransferURL, of job: JobID) -> Bool {
        directories.withLock { directories in
            guard directories[job] == url else { return false }
            directories[job] = nil
            return true
        }
    }
}
