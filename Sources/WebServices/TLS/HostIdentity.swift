internal import COpenSSL

/// Whether a certificate is that of a host. GSI accepts more than HTTPS does: a subject that ends in `CN=host/fqdn` or
/// `CN=fqdn`, beside the alternative names.
enum HostIdentity {
    /// Compares a certificate with the names under which the host is known.
    static func matches(_ certificate: OpaquePointer, _ names: [String]) -> Bool {
        names.contains { name in
            // Its own look at the subject takes any common name.
            let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
            if X509_check_host(certificate, name, name.utf8.count, flags, nil) == 1
                || X509_check_ip_asc(certificate, name, 0) == 1
            {
                return true
            }
            guard let common = lastCommonName(of: certificate)?.lowercased() else { return false }
            return (common.hasPrefix("host/") ? String(common.dropFirst(5)) : common) == name.lowercased()
        }
    }

    /// The last one, which names who it is: those before it may stand for anything.
    private static func lastCommonName(of certificate: OpaquePointer) -> String? {
        let subject = X509_get_subject_name(certificate)
        var last: Int32 = -1
        while case let next = X509_NAME_get_index_by_NID(subject, NID_commonName, last), next >= 0 { last = next }
        guard last >= 0, let data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)) else { return nil }
        let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(data), count: Int(ASN1_STRING_length(data)))
        // A NUL would make two different names look the same elsewhere.
        return bytes.contains(0) ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
