import Globus
import GridFTP
import MADKit

/// Moves files between this machine and GridFTP, FTP and web servers.
struct FTPDriver: TransferDriver {
    static let manual = Manual(
        program: "gw_tm_mad_ftp", summary: "moves job files with GridFTP, FTP and HTTP for GridWay",
        options: [
            .init("c", "connections", value: "NUMBER", "most connections to one server (default: as --parallel)"),
            .init("s", "streams", value: "NUMBER", "data connections for one large file (default 4)"),
            .init(nil, "stream-mode", "one passive data connection for each file: no server connects to this host"),
        ])

    private let client: FTPClient

    init(_ launch: Launch) async throws {
        var settings = FTPClient.Settings()
        settings.connectionsPerServer =
            try launch.options.integer("connections", in: 1...1_000) ?? launch.parallelOperations
        settings.streams = try launch.options.integer("streams", in: 1...64) ?? settings.streams
        settings.isExtended = !launch.options.has("stream-mode")
        client = FTPClient(settings: settings, blocking: launch.blocking)
        let credential = try await launch.blocking.run { try Credential.load() }
        launch.log.info("credential", ["identity": credential.identity, "seconds": "\(credential.secondsLeft)"])
        client.warmUp()
    }

    func makeDirectory(_ url: TransferURL, for job: JobID) async throws {
        try await client.makeDirectory(FTPLocation(url.text))
    }

    func removeDirectory(_ url: TransferURL, for job: JobID, progress: Progress) async throws {
        try await client.removeDirectory(FTPLocation(url.text), moved: { progress.advance() })
    }

    func exists(_ url: TransferURL, for job: JobID) async throws -> Bool {
        try await client.exists(FTPLocation(url.text))
    }

    func copy(_ copy: Copy, progress: Progress) async throws {
        try await client.copy(
            from: FTPLocation(copy.source.text), to: FTPLocation(copy.destination.text),
            isExecutable: copy.isExecutable,
            moved: { progress.advance() })
    }

    func shutDown() async {
        client.abandonFiles()
    }
}
