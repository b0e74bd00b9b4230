internal import CGlobus
import Glibc
import Globus
import MADKit

/// A connection under the Grid Security Infrastructure, accepted with one credential and from the same user only.
///
/// GASS speaks GSI without its delegation step, which on the wire is plain TLS: a token is a TLS record.
final class GSIChannel: Channel {
    private let socket: Socket
    private var context: gss_ctx_id_t?
    private let credential: GSICredential
    private var clear: [UInt8] = []
    private var record = [UInt8](repeating: 0, count: GSIChannel.longestRecord)

    /// A TLS record: its header, and what RFC 8446 §5.2 and RFC 5246 §6.2.3 allow it to hold.
    private static let headerBytes = 5
    private static let longestRecord = headerBytes + 16_384 + 2_048

    /// Does the handshake.
    /// - Throws: ``MADError`` of code `credential` when the client is somebody else, else of what broke.
    init(_ socket: Socket, credential: GSICredential, until deadline: ContinuousClock.Instant) throws(MADError) {
        self.socket = socket
        self.credential = credential
        var peer: gss_name_t?
        var minor: OM_uint32 = 0
        defer { if peer != nil { gss_release_name(&minor, &peer) } }
        // The flag travels inwards here: it says not to wait for a delegated credential.
        var flags = OM_uint32(GSS_C_GLOBUS_SSL_COMPATIBLE)
        while true {
            let count = try readRecord(until: deadline)
            guard count > 0 else { throw MADError(.refused, "the client hung up during the handshake") }
            var output = gss_buffer_desc()
            let major = record.withUnsafeMutableBytes { bytes in
                var input = gss_buffer_desc(length: count, value: bytes.baseAddress)
                return gss_accept_sec_context(
                    &minor, &context, credential.handle, &input, nil, &peer, nil, &output, &flags, nil, nil)
            }
            defer {
                var unused: OM_uint32 = 0
                gss_release_buffer(&unused, &output)
            }
            if output.length > 0 {
                try socket.send(
                    UnsafeRawBufferPointer(start: output.value, count: output.length), patience: .seconds(20))
            }
            guard GSIError.isGood(major) else { throw GSIError.of(major, minor, "a client is not accepted") }
            if major & GSIError.continueNeeded == 0 { break }
        }
        let name = peer.map(GSIName.text) ?? ""
        guard !name.isEmpty, name == credential.identity else {
            throw MADError(.credential, "a client is refused", cause: "it is '\(name)', not \(credential.identity)")
        }
    }

    deinit {
        var minor: OM_uint32 = 0
        if context != nil { gss_delete_sec_context(&minor, &context, nil) }
        credential.giveBack()
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer, until deadline: ContinuousClock.Instant)
        throws(MADError) -> Int
    {
        while clear.isEmpty {
            let count = try readRecord(until: deadline)
            if count == 0 { return 0 }
            try unwrap(count)
        }
        let count = min(buffer.count, clear.count)
        clear.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        if count == clear.count { clear.removeAll(keepingCapacity: true) } else { clear.removeFirst(count) }
        return count
    }

    func send(_ bytes: UnsafeRawBufferPointer, patience: Duration) throws(MADError) {
        var minor: OM_uint32 = 0
        var input = gss_buffer_desc(length: bytes.count, value: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        var output = gss_buffer_desc()
        let major = gss_wrap(&minor, context, 1, OM_uint32(GSS_C_QOP_DEFAULT), &input, nil, &output)
        guard GSIError.isGood(major) else { throw GSIError.of(major, minor, "cannot encrypt") }
        defer { gss_release_buffer(&minor, &output) }
        try socket.send(UnsafeRawBufferPointer(start: output.value, count: output.length), patience: patience)
    }

    func finish() { socket.finish() }

    private func unwrap(_ count: Int) throws(MADError) {
        var minor: OM_uint32 = 0
        var output = gss_buffer_desc()
        let major = record.withUnsafeMutableBytes { bytes in
            var input = gss_buffer_desc(length: count, value: bytes.baseAddress)
            return gss_unwrap(&minor, context, &input, &output, nil, nil)
        }
        defer { gss_release_buffer(&minor, &output) }
        guard GSIError.isGood(major) else { throw GSIError.of(major, minor, "cannot decrypt") }
        clear += UnsafeRawBufferPointer(start: output.value, count: output.length)
    }

    /// Reads one record into `record`; its bytes, 0 at the end of the stream.
    private func readRecord(until deadline: ContinuousClock.Instant) throws(MADError) -> Int {
        guard try fill(0..<Self.headerBytes, until: deadline) else { return 0 }
        let end = Self.headerBytes + (Int(record[3]) << 8 | Int(record[4]))
        // 20...23: change of cipher, alert, handshake, data.
        guard (20...23).contains(record[0]), record[1] == 3, end <= record.count else {
            throw MADError(.refused, "a client is not accepted", cause: "it does not speak TLS")
        }
        guard try fill(Self.headerBytes..<end, until: deadline) else {
            throw MADError(.refused, "the client hung up in the middle of a record")
        }
        return end
    }

    private func fill(_ range: Range<Int>, until deadline: ContinuousClock.Instant) throws(MADError) -> Bool {
        let socket = socket
        let result = record.withUnsafeMutableBytes { bytes in
            Result { () throws(MADError) in
                try socket.fill(UnsafeMutableRawBufferPointer(rebasing: bytes[range]), until: deadline)
            }
        }
        return try result.get()
    }
}
