import CLDAP
import MADKit
import Synchronization

/// The connections of a process, one to each server, made when they are needed.
package final class DirectoryClient: Sendable {
    private let access: DirectoryAccess
    private let limit: Int
    private let connections = Mutex<[DirectoryServer: DirectoryConnection]>([:])

    /// libldap would read `ldap.conf`, `ldaprc` in the working directory and variables, and do what those say.
    private static let isAloof: Void = cldap_ignore_surroundings()

    /// - Parameters:
    ///   - access: how the client makes itself known.
    ///   - limit: how many connections to keep; beyond that the one unused for longest is closed.
    package init(access: DirectoryAccess = DirectoryAccess(), limit: Int = 64) {
        _ = DirectoryClient.isAloof
        self.access = access
        self.limit = limit
    }

    /// Asks a server.
    /// - Parameter deadline: when to give up, connecting included, whatever the server does.
    /// - Throws: ``MADError`` naming the server and what it or the network said.
    package func answer(
        to search: DirectorySearch, of server: DirectoryServer, before deadline: Instant
    ) async throws -> DirectoryAnswer {
        try await connection(to: server).answer(to: search, before: deadline)
    }

    private func connection(to server: DirectoryServer) -> DirectoryConnection {
        let (connection, old) = connections.withLock { connections in
            if let known = connections[server] { return (known, DirectoryConnection?.none) }
            var old: DirectoryConnection?
            if connections.count >= limit,
                let (place, oldest) = connections.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                connections[place] = nil
                old = oldest
            }
            let new = DirectoryConnection(server: server, access: access)
            connections[server] = new
            return (new, old)
        }
        old?.retire()
        return connection
    }
}
