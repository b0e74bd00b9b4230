import MADKit

/// Removes a directory on a server with everything in it, and nothing else.
///
/// A name is first deleted as if it were a file, which for a symbolic link removes the link; only what withstands is
/// entered. So no link is ever followed, whatever a server's listing says or leaves out.
struct RemoteTree {
    private static let deepest = 64

    let connection: Connection
    let moved: @Sendable () -> Void

    /// Removes `directory`; one that is not there counts as removed.
    func remove(_ directory: FTPLocation) async throws {
        let directory = directory.withoutSlash
        do {
            return try await connection.removeDirectory(directory.url)
        } catch let failure as FTPFailure where failure.isAnswer {
            if failure.saysAbsent { return }
        }
        do {
            let facts = Facts(reply: try await connection.facts(directory.url))
            if facts.isLink { return try await delete(directory) }
            guard facts.isDirectory || facts.isUnknown else {
                throw MADError(.refused, "not a directory: \(directory.description)")
            }
        } catch let failure as FTPFailure where failure.isAnswer {
            if failure.saysAbsent { return }
            guard failure.saysUnsupported else { throw failure.error(at: directory.description) }
            if try await isDeleted(directory) { return }
        }
        try await removeContents(of: directory, depth: 0)
        try await removeEmpty(directory)
    }

    /// True when a directory holds nothing.
    func isEmpty(_ directory: FTPLocation) async throws -> Bool {
        try await list(directory).entries.isEmpty
    }

    private func removeContents(of directory: FTPLocation, depth: Int) async throws {
        guard depth < Self.deepest else {
            throw MADError(.refused, "more than \(Self.deepest) directories inside each other: \(directory.description)")
        }
        for entry in try await list(directory).entries {
            try Task.checkCancellation()
            moved()
            let place = directory.appending(entry.name)
            if entry.kind == .leaf {
                try await delete(place)
            } else if try await !isDeleted(place) {
                try await removeContents(of: place, depth: depth + 1)
                try await removeEmpty(place)
            }
        }
    }

    private func list(_ directory: FTPLocation) async throws -> DirectoryListing {
        do {
            return try DirectoryListing(machine: try await connection.list(directory.url, .machine, moved: moved))
        } catch let failure as FTPFailure where failure.saysUnsupported {
            let names = try await connection.list(directory.url, .names, moved: moved)
            return try DirectoryListing(names: names, of: directory.path)
        } catch let failure as FTPFailure where failure.saysAbsent {
            return try DirectoryListing(machine: "")
        }
    }

    private func delete(_ place: FTPLocation) async throws {
        do {
            try await connection.delete(place.url)
        } catch let failure as FTPFailure where failure.isAnswer {
            guard failure.saysAbsent else { throw failure.error(at: place.description) }
        }
    }

    /// Deletes what can be deleted as a file; false for a directory.
    private func isDeleted(_ place: FTPLocation) async throws -> Bool {
        do {
            try await connection.delete(place.url)
            return true
        } catch let failure as FTPFailure where failure.isAnswer {
            return failure.saysAbsent
        }
    }

    private func removeEmpty(_ directory: FTPLocation) async throws {
        do {
            try await connection.removeDirectory(directory.url)
        } catch let failure as FTPFailure where failure.isAnswer {
            guard failure.saysAbsent else { throw failure.error(at: directory.description) }
        }
    }
}
