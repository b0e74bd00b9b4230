internal import CGRAM
import Glibc

/// The message that asks for a job, as far as its size goes.
///
/// It must stay below `GLOBUS_GRAM_PROTOCOL_MAX_MSG_SIZE`, HTTP's header not counted; a longer one ends in "data transfer
/// to the server failed" (error 10; measured with globus_gram_protocol 13.6: 63999 bytes pass, 64000 do not).
package enum GRAMMessage {
    /// The longest message, in bytes.
    package static let limit = Int(GLOBUS_GRAM_PROTOCOL_MAX_MSG_SIZE) - 1

    /// The size of the message with a job description, quotes and backslashes escaped, in the library's own words.
    static func size(of rsl: [UInt8], mask: Int32, callbackURL: String?) -> Int {
        var message: UnsafeMutablePointer<globus_byte_t>?
        var size: globus_size_t = 0
        let text = rsl.map { CChar(bitPattern: $0) } + [0]
        guard globus_gram_protocol_pack_job_request(mask, callbackURL, text, &message, &size) == 0 else {
            return rsl.count
        }
        free(message)
        return Int(size)
    }
}
