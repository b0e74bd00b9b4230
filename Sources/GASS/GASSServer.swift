import Glibc
import Globus
import MADKit
import Ports

/// A server for the files of one user's jobs: GET, PUT and GASS' append, over GSI or without any protection.
///
/// The Grid Community Toolkit's own server library takes one handshake at a time and waits for it without limit: a client
/// that connects and says nothing stops it for everybody (observed with globus-gass-server 6.2). Here each connection has
/// a thread and a deadline; the toolkit does the security.
package final class GASSServer: Sendable {
    /// What happens, for the log: what, and in which words.
    package typealias Teller = @Sendable (_ event: String, _ text: String) -> Void

    /// Where clients reach it: `https://HOST:PORT`, or `http://` without protection.
    package let url: String
    private let listener: Listener
    private let credentials: GSICredentialStore?
    private let confinement: Confinement
    private let threads: BlockingPool
    private let places: Places
    private let tell: Teller

    private static let handshakeLimit = Duration.seconds(20)
    private static let patience = Duration.seconds(120)

    /// Opens the port. With security, the user's proxy certificate must be there and valid.
    /// - Parameters:
    ///   - port: its number; `nil` for one of `GLOBUS_TCP_PORT_RANGE`.
    ///   - isSecure: false lets everybody in.
    ///   - connections: the most at once; the next one takes the place of the oldest whose client is still unknown, or
    ///     waits.
    /// - Throws: ``MADError`` naming the port or what is wrong with the certificate.
    package init(
        port: UInt16?, isSecure: Bool, confinement: Confinement, connections: Int = 128, tell: @escaping Teller
    ) throws(MADError) {
        if isSecure {
            let store = GSICredentialStore()
            try store.lend().giveBack()
            credentials = store
        } else {
            credentials = nil
        }
        listener = try Listener(port: port)
        url = "\(isSecure ? "https" : "http")://\(Listener.hostName):\(listener.port)"
        threads = BlockingPool(limit: connections)
        places = Places(connections)
        self.confinement = confinement
        self.tell = tell
    }

    /// Serves for ever.
    package func run() -> Never {
        while true {
            let socket = listener.accept()
            // Those behind the one that waits for a place stay in the kernel's queue: here each would hold a descriptor.
            places.take(for: socket)
            threads.start { [self] in
                serve(socket)
                places.leave(socket)
            }
        }
    }

    private func serve(_ socket: Socket) {
        do {
            let connection = HTTPConnection(try channel(on: socket), patience: Self.patience)
            if credentials != nil { places.keep(socket) }
            while let keeps = try answerNext(on: connection, socket), keeps {}
            connection.finish()
        } catch {
            let error = MADError.wrapping(error)
            tell(error.code == .credential ? "refused" : "broken", error.description)
        }
    }

    private func channel(on socket: Socket) throws(MADError) -> any Channel {
        guard let credentials else { return PlainChannel(socket) }
        let credential = try credentials.lend()
        return try GSIChannel(socket, credential: credential, until: .now + Self.handshakeLimit)
    }

    /// Answers one request; true when another one may follow, `nil` when there was none.
    private func answerNext(on connection: HTTPConnection, _ socket: Socket) throws -> Bool? {
        var path: [UInt8] = []
        do {
            guard let request = try connection.nextRequest(within: Self.handshakeLimit) else { return nil }
            // Without protection a whole request is all that a client can show.
            if credentials == nil { places.keep(socket) }
            path = request.path
            switch request.method {
            case .get, .head: try send(request, on: connection)
            case .put, .append: try receive(request, on: connection)
            }
            return request.keepsConnection
        } catch let error as HTTPError {
            tell(
                error.status == 403 ? "refused" : "unserved",
                "\(String(decoding: path, as: UTF8.self)): \(error.message)")
            try connection.answer(error.status, error.message)
            return false
        }
    }

    private func send(_ request: HTTPRequest, on connection: HTTPConnection) throws {
        let file = try ServedFile(request.path, confinement)
        try connection.answerFile(length: file.size, keeps: request.keepsConnection)
        if request.method == .get { try file.send { bytes throws(MADError) in try connection.send(bytes) } }
        tell("sent", "\(String(decoding: request.path, as: UTF8.self)), \(file.size) bytes")
    }

    private func receive(_ request: HTTPRequest, on connection: HTTPConnection) throws {
        let file = try ReceivedFile(request.path, appends: request.method == .append, confinement)
        if request.expectsContinue { try connection.answerContinue() }
        var count = 0
        while let piece = try connection.nextPiece() {
            try piece.withUnsafeBytes { try file.write($0) }
            count += piece.count
        }
        try file.commit()
        tell("received", "\(file.path), \(count) bytes")
        try connection.answer(200, keeps: request.keepsConnection)
    }
}
