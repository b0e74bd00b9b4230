internal import CGridFTP
import Glibc
import Globus
import MADKit

/// Files and directories on GridFTP, FTP and web servers, and copies between them and this machine.
package final class FTPClient: Sendable {
    /// What an administrator may set.
    package struct Settings: Sendable {
        /// Most connections to one server.
        package var connectionsPerServer = 16
        /// Data connections for one large file.
        package var streams = 4
        /// False for sites where no server may open a connection to this machine, and for servers that know nothing else:
        /// every file then travels in stream mode, over a connection of its own that this side opens.
        package var isExtended = true

        /// The defaults.
        package init() {}
    }

    /// Files of this size or more travel over several data connections.
    private static let large: Int64 = 32 << 20

    private let settings: Settings
    private let blocking: BlockingPool
    private let pool: ConnectionPool
    private let absences = RecentAbsences()

    /// Makes a client; the library is loaded by its first use, or by ``warmUp()``.
    package init(settings: Settings = Settings(), blocking: BlockingPool) {
        self.settings = settings
        self.blocking = blocking
        var limits = ConnectionPool.Limits()
        limits.perServer = settings.connectionsPerServer
        let connecting = BlockingPool(limit: 8)
        pool = ConnectionPool(limits: limits, stamp: { FTPClient.credentialStamp }) { stamp in
            Connection(stamp: stamp, blocking: blocking, connecting: connecting) { try FTPClient.activate() }
        }
    }

    /// Loads the library ahead of its first use.
    package func warmUp() {
        startTask { [blocking] in try? await blocking.run { try FTPClient.activate() } }
    }

    /// Takes away what unfinished copies have written so far; for the end of the process.
    package func abandonFiles() {
        LocalDestination.discardAll()
    }

    /// Makes a directory, or finds it there and empty.
    /// - Throws: ``MADError`` naming the URL.
    package func makeDirectory(_ place: FTPLocation) async throws {
        try await command(place) { connection in
            do {
                try await connection.makeDirectory(place.asDirectory.url)
            } catch let failure as FTPFailure where failure.isAnswer {
                try await FTPClient.accept(place, failure, connection)
            }
        }
    }

    /// Accepts that MKD was refused if the directory is there and empty.
    private static func accept(_ place: FTPLocation, _ failure: FTPFailure, _ connection: Connection) async throws {
        let facts: Facts
        do { facts = Facts(reply: try await connection.facts(place.withoutSlash.url)) } catch { throw failure }
        guard !facts.isUnknown else { throw failure }
        guard facts.isDirectory else {
            throw MADError(.refused, "\(place.description) exists and is not a directory")
        }
        guard try await RemoteTree(connection: connection, moved: {}).isEmpty(place) else {
            throw MADError(.refused, "\(place.description) exists and is not empty")
        }
    }

    /// Removes a directory with everything in it; one that is not there counts as removed. Links are removed, not followed.
    /// - Parameter moved: called while the removal gets on.
    /// - Throws: ``MADError`` naming the URL; without asking the server for a root or home directory.
    package func removeDirectory(_ place: FTPLocation, moved: @escaping @Sendable () -> Void) async throws {
        if let reason = place.reasonAgainstRemoval {
            throw MADError(.invalid, "\(place.description) is not removed", cause: reason)
        }
        try await command(place, waiting: moved) { connection in
            try await RemoteTree(connection: connection, moved: moved).remove(place)
        }
    }

    /// True when a file or directory is there.
    /// - Throws: ``MADError`` naming the URL when the server does not tell.
    package func exists(_ place: FTPLocation) async throws -> Bool {
        try await command(place) { connection in
            do {
                do {
                    _ = try await connection.facts(place.url)
                } catch let failure as FTPFailure where failure.saysUnsupported {
                    try await connection.exists(place.url)
                }
                return true
            } catch let failure as FTPFailure where failure.saysAbsent {
                return false
            }
        }
    }

    /// Copies one file.
    /// - Parameters:
    ///   - isExecutable: the destination gets the mode 0755, if it is a local file or on a GridFTP or FTP server.
    ///   - moved: called while bytes move.
    /// - Throws: ``MADError`` naming the URL at fault.
    package func copy(
        from source: FTPLocation, to destination: FTPLocation, isExecutable: Bool, moved: @escaping @Sendable () -> Void
    ) async throws {
        switch (source.scheme, destination.scheme) {
        case (.file, .file):
            try await copyLocally(source, destination, isExecutable, moved)
        case (.file, .gsiftp), (.file, .ftp):
            try await upload(source, destination, isExecutable, moved)
        case (.gsiftp, .file), (.ftp, .file):
            try await download(source, destination, isExecutable, moved)
        case (.gsiftp, .gsiftp):
            try await transfer(source, destination, isExecutable, moved)
        case (_, .file):
            try await relayToFile(source, destination, isExecutable, moved)
        default:
            try await relay(source, destination, isExecutable, moved)
        }
    }

    // MARK: The pairs

    private func copyLocally(
        _ source: FTPLocation, _ destination: FTPLocation, _ isExecutable: Bool, _ moved: @escaping @Sendable () -> Void
    ) async throws {
        let isCancelled = Flag()
        try await withTaskCancellationHandler {
            try await blocking.run {
                let input = try LocalSource(source.path)
                let output = try LocalDestination(destination.path, mode: isExecutable ? 0o755 : 0o644)
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
                defer { buffer.deallocate() }
                var offset: Int64 = 0
                while true {
                    let count = try input.read(into: buffer, at: offset)
                    try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: offset)
                    offset += Int64(count)
                    moved()
                    guard count == buffer.count else { break }
                    if isCancelled.isSet { throw FTPFailure.cancelled.error(at: destination.description) }
                }
                try input.check(wasReadTo: offset)
                try output.commit()
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    private func upload(
        _ source: FTPLocation, _ destination: FTPLocation, _ isExecutable: Bool, _ moved: @escaping @Sendable () -> Void
    ) async throws {
        let file = try await blocking.run { try LocalSource(source.path) }
        let shape = shape(for: destination, size: file.size)
        try await named(destination) {
            try await pool.withConnection(
                to: destination.server, preferring: .sending(shape), isCommand: false, waiting: moved
            ) { connection in
                try await absences.watching(destination.server, .destination) {
                    if absences.wereSeen(on: destination.server, .destination) {
                        try await FTPClient.findDirectory(of: destination, connection)
                    }
                    try await connection.send(file, to: destination.url, shape: shape, moved: moved)
                }
                if isExecutable { try await connection.changeMode(destination.url, to: 0o755) }
            }
        }
    }

    private func download(
        _ source: FTPLocation, _ destination: FTPLocation, _ isExecutable: Bool, _ moved: @escaping @Sendable () -> Void
    ) async throws {
        let file = try await blocking.run { try LocalDestination(destination.path, mode: isExecutable ? 0o755 : 0o644) }
        defer { file.discard() }
        let small = shape(for: source, size: 0)
        let download = try await named(source) {
            try await pool.withConnection(
                to: source.server, preferring: .receiving(small), isCommand: false, waiting: moved
            ) { connection in
                if file.isBegun { try await blocking.run { try file.beginAttempt() } }
                return try await absences.watching(source.server, .source) {
                    // One file alone may use several streams, if it is large. In a crowd the crowd is the parallelism, and
                    // a question for each small file would cost a third of the rate.
                    let mustAsk = !pool.isCrowded(source.server) || absences.wereSeen(on: source.server, .source)
                    let size = mustAsk ? try await FTPClient.size(of: source, connection) : nil
                    return try await connection.receive(
                        source.url, size: size, shape: shape(for: source, size: size ?? 0), moved: moved,
                        into: { try file.write($0, at: $1) })
                }
            }
        }
        // The connection serves the next file meanwhile.
        try await blocking.run {
            try download.handOnTheLast()
            try file.commit()
        }
    }

    /// The bytes of a file; `nil` when the server does not tell sizes.
    private static func size(of place: FTPLocation, _ connection: Connection) async throws -> Int64? {
        do {
            return try await connection.size(place.url)
        } catch let failure as FTPFailure where failure.saysUnsupported {
            return nil
        }
    }

    /// Throws what the server says when there is no directory for `place`.
    private static func findDirectory(of place: FTPLocation, _ connection: Connection) async throws {
        do {
            _ = try await connection.facts(place.directory.url)
        } catch let failure as FTPFailure where failure.isAnswer && !failure.saysAbsent {}
    }

    private func transfer(
        _ source: FTPLocation, _ destination: FTPLocation, _ isExecutable: Bool, _ moved: @escaping @Sendable () -> Void
    ) async throws {
        let shape = shape(for: source, size: 0)
        let place = "\(source.description) -> \(destination.description)"
        try await named(source, place) {
            try await pool.withConnection(
                to: "\(source.server) \(destination.server)", preferring: .sending(shape), isCommand: false,
                waiting: moved
            ) { connection in
                try await absences.watching(source.server, .source) {
                    if absences.wereSeen(on: source.server, .source) {
                        _ = try await FTPClient.size(of: source, connection)
                    }
                    try await connection.transfer(from: source.url, to: destination.url, shape: shape, moved: moved)
                }
            }
        }
        if isExecutable { try await makeExecutable(destination) }
    }

    private func relayToFile(
        _ source: FTPLocation, _ destination: FTPLocation, _ isExecutable: Bool, _ moved: @escaping @Sendable () -> Void
    ) async throws {
        let file = try await blocking.run { try LocalDestination(destination.path, mode: isExecutable ? 0o755 : 0o644) }
        defer { file.discard() }
        let place = "\(source.description) -> \(destination.path)"
        let temporary = "file://" + URLEscapes.escaped(file.temporaryPath.utf8)
        try await relay(from: source, to: temporary, place: place, web: source, moved)
        try await blocking.run { try file.commit() }
    }

    private func relay(
        _ source: FTPLocation, _ destination: FTPLocation, _ isExecutable: Bool, _ moved: @escaping @Sendable () -> Void
    ) async throws {
        if source.scheme == .file { _ = try await blocking.run { try LocalSource(source.path) } }
        let place =
            source.scheme == .file ? destination.description : "\(source.description) -> \(destination.description)"
        let web = destination.scheme.isFTP ? source : destination
        try await relay(from: source, to: destination.url, place: place, web: web, moved)
        if isExecutable, destination.scheme.isFTP { try await makeExecutable(destination) }
    }

    private func relay(
        from source: FTPLocation, to destination: String, place: String, web: FTPLocation,
        _ moved: @escaping @Sendable () -> Void
    ) async throws {
        try await named(web, place) {
            try await blocking.run { try FTPClient.activateCopier() }
            do {
                try await RelayedCopy.run(from: source.url, to: destination, blocking: blocking, moved: moved)
            } catch let failure as FTPFailure where failure.text.hasPrefix("400") && !web.scheme.isFTP {
                // Whatever keeps it from a web server, the copier says "400, Bad Request".
                guard let reason = try await blocking.run({ web.obstacle }) else { throw failure }
                throw FTPFailure(text: reason)
            }
        }
    }

    private func makeExecutable(_ place: FTPLocation) async throws {
        try await command(place) { try await $0.changeMode(place.url, to: 0o755) }
    }

    // MARK: What they share

    private func command<Result: Sendable>(
        _ place: FTPLocation, waiting: @escaping @Sendable () -> Void = {},
        _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        guard place.scheme.isFTP else {
            throw MADError(.invalid, "\(place.description) is not on a GridFTP or FTP server")
        }
        return try await named(place) {
            try await pool.withConnection(to: place.server, isCommand: true, waiting: waiting, body)
        }
    }

    /// Puts a failure into words that name the place, and the state of the credential if it may be to blame.
    private func named<Result: Sendable>(
        _ place: FTPLocation, _ name: String? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let failure as FTPFailure {
            let error = failure.error(at: name ?? place.description)
            if error.code == .credential || error.code == .unreachable, place.scheme != .ftp, place.scheme != .http {
                // Globus' own words for a missing proxy are a riddle.
                do { _ = try await blocking.run { try Credential.load() } } catch {
                    throw MADError(
                        .credential, MADError.wrapping(error).description, cause: "[\(name ?? place.description)]")
                }
            }
            throw error
        }
    }

    private func shape(for place: FTPLocation, size: Int64) -> TransferShape {
        // Plain FTP servers know stream mode alone.
        TransferShape(
            isExtended: settings.isExtended && place.scheme == .gsiftp,
            streams: size >= FTPClient.large ? settings.streams : 1)
    }

    private static func activate() throws(MADError) {
        try GlobusModule.activate(UnsafeMutableRawPointer(mad_module_ftp_client()))
        try GlobusModule.activate(UnsafeMutableRawPointer(mad_module_ftp_markers()))
    }

    private static func activateCopier() throws(MADError) {
        try activate()
        try GlobusModule.activate(UnsafeMutableRawPointer(mad_module_gass_copy()))
    }

    /// When the proxy file was written: a renewed one is used for new connections, and old connections are given up.
    private static var credentialStamp: Int {
        var status = Glibc.stat()
        guard stat(Credential.defaultPath, &status) == 0 else { return 0 }
        return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }
}
