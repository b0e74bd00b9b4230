internal import CGridFTP
import MADKit
import Synchronization

/// The operations that move data.
extension Connection {
    /// How a directory is listed.
    enum Listing {
        /// MLSD: facts and names.
        case machine
        /// NLST: names alone.
        case names
    }

    /// STOR: sends a file.
    func send(_ file: LocalSource, to url: String, shape: TransferShape, moved: @escaping @Sendable () -> Void)
        async throws
    {
        let upload = Upload(file, streams: shape.streams, over: self, blocking: blocking) { [isSettled] in
            isSettled.set()
            moved()
        }
        do {
            try await perform(using: .sending(shape), upload.call) { upload.start(url, $0, $1) }
        } catch {
            // A block may still be on its way to the library; nobody else shall find it on this connection.
            if upload.hasSent { spend() }
            spend(after: error)
            throw upload.problem ?? error
        }
    }

    /// RETR: fetches a file of `size` bytes, if that is known, into `sink`; what is returned may still hold the last block.
    func receive(
        _ url: String, size: Int64?, shape: TransferShape, moved: @escaping @Sendable () -> Void,
        into sink: @escaping Download.Sink
    ) async throws -> Download {
        let download = Download(
            size: size, streams: shape.streams, over: self, blocking: blocking, moved: moved, into: sink)
        do {
            try await perform(download, shape) { handle, attributes, callback, argument in
                globus_ftp_client_get(handle, url, attributes, nil, callback, argument)
            }
        } catch {
            spend(after: error)
            throw error
        }
        return download
    }

    /// MLSD or NLST: a directory's listing as it came; names need not be UTF-8.
    func list(_ url: String, _ listing: Listing, moved: @escaping @Sendable () -> Void) async throws -> [UInt8] {
        let text = ListingText()
        let download = Download(
            size: nil, streams: 1, over: self, blocking: blocking, moved: moved, into: { try text.add($0, at: $1) })
        do {
            try await perform(download, TransferShape(isExtended: false)) { handle, attributes, callback, argument in
                switch listing {
                case .machine: globus_ftp_client_machine_list(handle, url, attributes, callback, argument)
                case .names: globus_ftp_client_list(handle, url, attributes, callback, argument)
                }
            }
        } catch let failure as FTPFailure where failure.saysUnsupported {
            // Who does not know the command has touched no data connection.
            throw failure
        } catch {
            spend(after: error)
            throw error
        }
        try download.handOnTheLast()
        return text.bytes
    }

    private func perform(
        _ download: Download, _ shape: TransferShape,
        _ start:
            @escaping @Sendable (
                Handle, Attributes, globus_ftp_client_complete_callback_t, UnsafeMutableRawPointer
            ) -> globus_result_t
    ) async throws {
        do {
            try await perform(using: .receiving(shape), download.call) { handle, attributes in
                download.start(handle) { start(handle, attributes, $0, $1) }
            }
        } catch {
            if download.hasReceived { spend() }
            throw download.problem ?? error
        }
        if let problem = download.problem { throw problem }
    }

    /// Gives the connection up when the server refused to move data: the library goes on to count on data connections that
    /// are about to be closed, fails the next transfer, and ends the process when a change of mode meets them.
    private func spend(after error: any Error) {
        if let failure = error as? FTPFailure, failure.isAnswer { spend() }
    }

    /// Copies from one server to another over this connection, which then belongs to that pair.
    func transfer(
        from source: String, to destination: String, shape: TransferShape, moved: @escaping @Sendable () -> Void
    ) async throws {
        let markers = Markers(moved)
        let call = Call(keeping: self, markers)
        // Still at work, as after a cancellation that nobody confirmed: the connection is of no further use.
        defer { if !markers.remove() { spend() } }
        do {
            try await perform(using: .sending(shape), call) { handle, attributes in
                markers.install(on: handle)
                let argument = Unmanaged.passRetained(call)
                let result = globus_ftp_client_third_party_transfer(
                    handle, source, attributes, destination, attributes, nil, callCompleted, argument.toOpaque())
                if result != 0 { argument.release() }
                return result
            }
        } catch {
            spend(after: error)
            throw error
        }
    }
}

/// A listing as it arrives, in pieces with their place.
private final class ListingText: Sendable {
    // A million files; beyond that a server is mad or hostile.
    private static let most = 64 << 20

    private let content = Mutex<[UInt8]>([])

    var bytes: [UInt8] { content.withLock { $0 } }

    func add(_ piece: UnsafeRawBufferPointer, at offset: Int64) throws(MADError) {
        let (start, end) = (Int(offset), Int(offset) + piece.count)
        guard start >= 0, end <= Self.most else {
            throw MADError(.refused, "the server's listing is longer than \(Self.most >> 20) MB")
        }
        content.withLock { bytes in
            if bytes.count < end { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
            bytes.replaceSubrange(start..<end, with: piece)
        }
    }
}
