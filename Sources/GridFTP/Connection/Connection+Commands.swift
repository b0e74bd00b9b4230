internal import CGridFTP
import Glibc
import MADKit

/// The operations that answer yes or no.
extension Connection {
    private typealias Command =
        @Sendable (
            Handle, UnsafePointer<CChar>, Attributes, globus_ftp_client_complete_callback_t?, UnsafeMutableRawPointer
        ) -> globus_result_t

    private func command(
        _ url: String, keeping kept: any AnyObject & Sendable = Nothing.instance, _ start: @escaping Command
    ) async throws {
        let call = Call(keeping: self, kept)
        try await perform(call) { handle, attributes in
            let argument = Unmanaged.passRetained(call)
            let result = start(handle, url, attributes, callCompleted, argument.toOpaque())
            if result != 0 { argument.release() }
            return result
        }
    }

    /// MKD.
    func makeDirectory(_ url: String) async throws {
        try await command(url) { globus_ftp_client_mkdir($0, $1, $2, $3, $4) }
    }

    /// RMD: removes an empty directory.
    func removeDirectory(_ url: String) async throws {
        try await command(url) { globus_ftp_client_rmdir($0, $1, $2, $3, $4) }
    }

    /// DELE: removes anything but a directory; of a link, the link.
    func delete(_ url: String) async throws {
        try await command(url) { globus_ftp_client_delete($0, $1, $2, $3, $4) }
    }

    /// SITE CHMOD.
    func changeMode(_ url: String, to mode: Int32) async throws {
        try await command(url) { globus_ftp_client_chmod($0, $1, mode, $2, $3, $4) }
    }

    /// Whether a name exists, by whatever means the server has.
    func exists(_ url: String) async throws {
        try await command(url) { globus_ftp_client_exists($0, $1, $2, $3, $4) }
    }

    /// SIZE: the bytes of a file.
    func size(_ url: String) async throws -> Int64 {
        let size = OutBox<globus_off_t>(0)
        try await command(url, keeping: size) { globus_ftp_client_size($0, $1, $2, size.pointer, $3, $4) }
        return Int64(size.pointer.pointee)
    }

    /// MLST: the facts of one name (RFC 3659), in a line.
    func facts(_ url: String) async throws -> String {
        let answer = OutBox<(bytes: UnsafeMutablePointer<globus_byte_t>?, count: globus_size_t)>((nil, 0))
        try await command(url, keeping: answer) { handle, url, attributes, callback, argument in
            globus_ftp_client_mlst(
                handle, url, attributes, &answer.pointer.pointee.bytes, &answer.pointer.pointee.count, callback,
                argument)
        }
        let (bytes, count) = answer.pointer.pointee
        guard let bytes else { return "" }
        defer { free(bytes) }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}

/// Nothing to keep.
private final class Nothing: Sendable {
    static let instance = Nothing()
}

/// A place that the library writes to before a call ends.
///
/// `@unchecked Sendable` by this rule: it is read only after the call has ended.
private final class OutBox<Value>: @unchecked Sendable {
    let pointer = UnsafeMutablePointer<Value>.allocate(capacity: 1)

    init(_ value: Value) { pointer.initialize(to: value) }

    deinit { pointer.deallocate() }
}
