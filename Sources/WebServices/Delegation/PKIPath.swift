internal import COpenSSL
import MADKit

/// A chain of certificates as WS-Security carries it: X509PKIPathv1, a DER sequence, the one nearest to the authority
/// first, in base 64.
struct PKIPath {
    let certificates: [Certificate]

    init(_ certificates: [Certificate]) {
        self.certificates = certificates
    }

    /// Reads the content of a BinarySecurityToken.
    /// - Throws: ``MADError`` when that is no PkiPath with a certificate in it.
    init(base64 text: String) throws(MADError) {
        guard let der = PKIPath.decoded(text), let content = PKIPath.content(of: der) else {
            throw MADError(.refused, "the delegation service sent no readable certificate chain")
        }
        var certificates: [Certificate] = []
        var rest = content
        while !rest.isEmpty {
            var length = 0
            guard let certificate = Certificate(der: rest, length: &length), length > 0 else {
                throw MADError(.refused, "the delegation service sent no readable certificate chain")
            }
            certificates.append(certificate)
            rest = rest.dropFirst(length)
        }
        guard !certificates.isEmpty else {
            throw MADError(.refused, "the delegation service sent an empty certificate chain")
        }
        self.certificates = certificates
    }

    /// The content of a BinarySecurityToken, without line ends.
    var base64: String {
        let content = certificates.flatMap(\.der)
        let der = [0x30] + PKIPath.length(content.count) + content
        let text = [UInt8](unsafeUninitializedCapacity: (der.count + 2) / 3 * 4 + 1) { buffer, filled in
            filled = Int(EVP_EncodeBlock(buffer.baseAddress, der, Int32(der.count)))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// What is inside of the sequence.
    private static func content(of der: [UInt8]) -> ArraySlice<UInt8>? {
        guard der.count > 2, der[0] == 0x30 else { return nil }
        guard der[1] & 0x80 != 0 else { return der[2...].prefix(Int(der[1])) }
        let count = Int(der[1] & 0x7F)
        guard (1...4).contains(count), der.count > 2 + count else { return nil }
        let length = der[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
        guard der.count >= 2 + count + length else { return nil }
        return der[(2 + count)...].prefix(length)
    }

    /// The length octets of DER.
    private static func length(_ count: Int) -> [UInt8] {
        guard count > 0x7F else { return [UInt8(count)] }
        var octets: [UInt8] = []
        var rest = count
        while rest > 0 {
            octets.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(octets.count)] + octets
    }

    private static func decoded(_ text: String) -> [UInt8]? {
        let letters = text.utf8.filter { $0 > 0x20 }
        guard !letters.isEmpty, letters.count % 4 == 0 else { return nil }
        var count: Int32 = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: letters.count / 4 * 3) { buffer, filled in
            count = EVP_DecodeBlock(buffer.baseAddress, letters, Int32(letters.count))
            filled = Int(max(0, count))
        }
        guard count >= 0 else { return nil }
        // The filling at the end is decoded as zeros.
        return bytes.dropLast(letters.suffix(2).count { $0 == 0x3D })
    }
}
