import Foundation

/// What a container of 2007 shows: a certificate of 1024 bits, signed with SHA-1 by an authority of the same kind.
package struct OldCertificate: Sendable {
    private let folder: TemporaryDirectory
    /// The directory of trusted authorities in which that authority is the only one.
    package var authorities: String { folder.path + "/authorities" }
    /// Options of `container.py`: this certificate, and TLS 1.0 at most.
    package var options: [String] {
        ["--tls", "1.0", "--cert", folder.path + "/cert.pem", "--key", folder.path + "/key.pem"]
    }

    /// Makes the authority and the certificate of `host`, with the subject that Globus used: `CN=host/NAME`.
    package init(of host: String) async throws {
        folder = try TemporaryDirectory()
        try await Shell.run(
            """
            cd '\(folder.path)' && mkdir authorities && exec 2>log &&
            openssl req -x509 -newkey rsa:1024 -nodes -sha1 -days 2 -subj /O=Old/CN=Authority -keyout authority-key.pem \
                -out authority.pem -addext basicConstraints=critical,CA:TRUE &&
            openssl req -new -newkey rsa:1024 -nodes -sha1 -subj '/O=Old/CN=host\\/\(host)' -keyout key.pem -out request &&
            openssl x509 -req -sha1 -in request -CA authority.pem -CAkey authority-key.pem -set_serial 2 -days 2 \
                -out cert.pem &&
            cp authority.pem "authorities/$(openssl x509 -in authority.pem -noout -hash).0"
            """)
    }

    /// Writes what the authority may sign: patterns of subjects, as Globus' tools do.
    package func allow(_ patterns: String) async throws {
        try await Shell.run(
            """
            cd '\(folder.path)' && cat >"authorities/$(openssl x509 -in authority.pem -noout -hash).signing_policy" <<'X'
            access_id_CA   X509    '/O=Old/CN=Authority'
            pos_rights     globus  CA:sign
            cond_subjects  globus  '\(patterns)'
            X
            """)
    }

    /// Has the authority publish that it has revoked the certificate.
    package func revoke() async throws {
        try folder.write(
            "configuration",
            """
            [ca]
            default_ca = own
            [own]
            database = index
            default_md = sha1
            default_crl_days = 2

            """)
        try await Shell.run(
            """
            cd '\(folder.path)' && exec 2>log && : >index &&
            ca() { openssl ca -config configuration -cert authority.pem -keyfile authority-key.pem "$@"; } &&
            ca -revoke cert.pem &&
            ca -gencrl -out "authorities/$(openssl x509 -in authority.pem -noout -hash).r0"
            """)
    }
}

/// A server that no client of today can talk to; see `Tests/Fixtures/wsgram/strange.py`.
package final class StrangeServer: Sendable {
    private let script: Talk
    /// Where it listens.
    package let address: String

    /// Starts one and waits until it listens.
    package init(_ kind: String) async throws {
        script = try Talk("\(Testbed.root.path)/Tests/Fixtures/wsgram/strange.py", .init([kind]))
        address = "127.0.0.1:\(try await script.hear(within: .seconds(60)))"
    }

    /// What a driver has to say of each kind, without and with `--legacy-tls`.
    package static let kinds: [(kind: String, plain: String, legacy: String)] = [
        ("http", "does not speak TLS at this port (plain HTTP?)", "does not speak TLS at this port (plain HTTP?)"),
        ("sslv3", "unsupported protocol; if it is an old server, --legacy-tls may help", frontEnd),
        ("refuses", "alert handshake failure; if it is an old server, --legacy-tls may help", frontEnd),
        ("closes", "broke the TLS handshake off; if it is an old server, --legacy-tls may help", frontEnd),
    ]
    private static let frontEnd =
        "perhaps it speaks SSLv3 alone, like an unmodified Globus Toolkit 4 container, and no OpenSSL of today does: put "
        + "a TLS front end before it"
}
