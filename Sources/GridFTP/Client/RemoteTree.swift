import MADKit

/// Removes a directory on a server with everything in it, and nothing else.
///
/// A name is first deleted as if it were a file, which for a symbolic link removes the link; only what withstands is
/// entered. So no link is ever followed, whatever a server's listing says or leaves out.
struct RemoteTree {
    private static let deepest = 64

    let connection: Connection
    /// Called for every answer of the server.
    let moved: @Sendable () -> Void

    /// Removes `directory`; one that is not there counts as removed.
    func remove(_ directory: FTPLocation) async throws {
        let directory = directory.withoutSlash
        do {
            return try await connection.removeDirectory(directory.url)
        } catch let failure as FTPFailure where isAboutTheDirectory(failure) {
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
        // Everything is listed before anything is deleted: the Globus server lists no link whose target is gone.
        var leaves: [FTPLocation] = []
        var directories = [directory]
        try await explore(directory, depth: 0, &leaves, &directories)
        for leaf in leaves {
            try Task.checkCancellation()
            try await delete(leaf)
            moved()
        }
        // The deepest first.
        for directory in directories.reversed() {
            try await removeEmpty(directory)
            moved()
        }
    }

    /// True when the server refused the order, not us: who is not let in need not ask on, and loses the reason if he does.
    private func isAboutTheDirectory(_ failure: FTPFailure) -> Bool {
        failure.isAnswer && !failure.refusesLogin && !connection.isSpent
    }

    /// True when a directory holds nothing.
    func isEmpty(_ directory: FTPLocation) async throws -> Bool {
        try await list(directory).entries.isEmpty
    }

    /// Lists `directory` and what is below it, outer directories before inner ones.
    private func explore(
        _ directory: FTPLocation, depth: Int, _ leaves: inout [FTPLocation], _ directories: inout [FTPLocation]
    ) async throws {
        guard depth < Self.deepest else {
            throw MADError(
                .refused, "more than \(Self.deepest) directories inside each other: \(directory.description)")
        }
        for entry in try await list(directory).entries {
            try Task.checkCancellation()
            let place = directory.appending(entry.name)
            if entry.kind == .leaf {
                leaves.append(place)
                continue
            }
            let isGone = try await isDeleted(place)
            moved()
            if !isGone {
                directories.append(place)
                try await explore(place, depth: depth + 1, &leaves, &directories)
            }
        }
    }

    private func list(_ directory: FTPLocation) async throws -> DirectoryListing {
        do {
            return try DirectoryListing(machine: try await connection.list(directory.url, .machine, moved: moved))
        } catch let failure as FTPFailure where failure.saysUnsupported {
            let names = try await connection.list(directory.url, .names, moved: moved)
            return try DirectoryListing(names: names, of: directory.bytes)
        } catch let failure as FTPFailure where failure.saysAbsent {
            return DirectoryListing()
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
