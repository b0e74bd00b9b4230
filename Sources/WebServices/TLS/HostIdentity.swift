internal import COpenSSL

/// Whether a certificate is that of a host. GSI accepts more than HTTPS does: a subject that ends in `CN=host/fqdn` or
/// `CN=fqdn`, beside the alternative names.
enum HostIdentity {
    /// Compares a certificate with the names under which the host is known.
    static func matches(_ certificate: OpaquePointer, _ names: [String]) -> Bool {
        names.contains { name in
            if X509_check_host(certificate, name, name.utf8.count, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS), nil)
                == 1
                || X509_check_ip_asc(certificate, name, 0) == 1
            {
                return true
            }
            return commonNames(of: certificate).contains { common in
                let common = common.lowercased()
                return (common.hasPrefix("host/") ? String(common.dropFirst(5)) : common) == name.lowercased()
            }
        }
    }

    private static func commonNames(of certificate: OpaquePointer) -> [String] {
        let subject = X509_get_subject_name(certificate)
        var names: [String] = []
        var index: Int32 = -1
        while case let next = X509_NAME_get_index_by_NID(subject, NID_commonName, index), next >= 0 {
            index = next
            guard let data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, next)) else { continue }
            let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(data), count: Int(ASN1_STRING_length(data)))
            // A NUL would make two different names look the same elsewhere.
            if !bytes.contains(0) { names.append(String(decoding: bytes, as: UTF8.self)) }
        }
        return names
    }
}
