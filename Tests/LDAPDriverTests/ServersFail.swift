import Foundation
import Glibc
import TestSupport
import Testing

/// Servers that are silent, gone, cut off or of another mind: one answer each time, within the deadline.
@Suite struct LDAPServersFail {
    /// A port that takes connections, and says and hears no more than a test makes it.
    private final class SilentServer: Sendable {
        let port: Int
        private let listener: Int32

        init(backlog: Int32 = 16) {
            listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let listener = listener
            let bound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Bool in
                    bind(listener, address, length) == 0 && listen(listener, backlog) == 0
                        && getsockname(listener, address, &length) == 0
                }
            }
            precondition(bound)
            port = Int(UInt16(bigEndian: address.sin_port))
        }

        /// A connection that is begun and that nobody accepts.
        func knock() -> Int32? {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            guard descriptor >= 0 else { return nil }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            return descriptor
        }

        /// Waits for the first bytes of a client, says something and ends the connection. Returns what it heard, which is
        /// nothing from a client that waits for the server to speak.
        @discardableResult
        func serveOnce(saying words: String = "") async -> [UInt8] {
            await withCheckedContinuation { done in
                Thread.detachNewThread { [listener] in
                    let client = accept(listener, nil, nil)
                    defer { close(client) }
                    var bytes = [UInt8](repeating: 0, count: 4_096)
                    let count = recv(client, &bytes, bytes.count, 0)
                    _ = words.withCString { send(client, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
                    done.resume(returning: Array(bytes.prefix(max(0, count))))
                }
            }
        }

        deinit { close(listener) }
    }

    @Test(arguments: ["", "--bind-dn cn=x --password-file PASSWORD"])
    func aServerThatClosesIsSaidToHaveClosed(options: String) async throws {
        let server = SilentServer()
        let directory = try TemporaryDirectory()
        let words = options.replacingOccurrences(of: "PASSWORD", with: try directory.write("password", "secret\n"))
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s 127.0.0.1:\(server.port) \(words)")
        async let served = server.serveOnce()
        #expect(
            try await talk.ask("DISCOVER - - -")
                == "DISCOVER - FAILURE ldap://127.0.0.1:\(server.port): the server closed the connection")
        _ = await served
    }

    @Test(arguments: ["", "--bind-dn cn=x --password-file PASSWORD", "--tls starttls"])
    func aServerOfAnotherProtocolIsSaidToBeOne(options: String) async throws {
        let directory = try TemporaryDirectory()
        let words = options.replacingOccurrences(of: "PASSWORD", with: try directory.write("password", "secret\n"))
        for greeting in ["HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.example.org ESMTP\r\n"] {
            let server = SilentServer()
            let talk = try await Talk.driver("gw_im_mad_bdii", "-s 127.0.0.1:\(server.port) \(words)")
            async let served = server.serveOnce(saying: greeting)
            #expect(
                try await talk.ask("DISCOVER - - -")
                    == "DISCOVER - FAILURE ldap://127.0.0.1:\(server.port): the server does not speak LDAP")
            _ = await served
        }
    }

    /// Whom a directory names is any site's choice.
    @Test func thePasswordIsForTheServerOnly() async throws {
        let named = SilentServer()
        let asked = SilentServer()
        let directory = try TemporaryDirectory()
        let password = try directory.write("password", "top-secret\n")
        let talk = try await Talk.driver(
            "gw_im_mad_mds2",
            "-s 127.0.0.1:\(asked.port) -p \(named.port) --bind-dn cn=somebody --password-file \(password)")
        async let heardByHost = named.serveOnce()
        _ = try await talk.ask("MONITOR 0 127.0.0.1 -")
        let host = String(decoding: await heardByHost, as: UTF8.self)
        #expect(host.contains("objectClass"), "\(host)")
        #expect(!host.contains("top-secret") && !host.contains("cn=somebody"))
        async let heardByServer = asked.serveOnce()
        _ = try await talk.ask("DISCOVER - - -")
        #expect(String(decoding: await heardByServer, as: UTF8.self).contains("top-secret"))
    }

    @Test(arguments: ["", "--tls starttls", "--tls ldaps", "--bind-dn cn=x --password-file PASSWORD"])
    func aSilentServerIsGivenUpAtTheDeadline(options: String) async throws {
        let server = SilentServer()
        let directory = try TemporaryDirectory()
        let password = try directory.write("password", "secret\n")
        let words = options.replacingOccurrences(of: "PASSWORD", with: password)
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s 127.0.0.1:\(server.port) --timeout 12 \(words)")
        talk.say("DISCOVER - - -")
        talk.say("MONITOR 1 ce.example.org -")
        let discovery = try await talk.hear("DISCOVER", within: .seconds(40))
        let monitoring = try await talk.hear("MONITOR", within: .seconds(40))
        // The runtime, whose deadline comes later, does not know which server it was.
        let scheme = options.contains("ldaps") ? "ldaps" : "ldap"
        for answer in [discovery, monitoring] {
            #expect(
                answer.contains(" FAILURE \(scheme)://127.0.0.1:\(server.port): no answer within the deadline"),
                "\(answer)")
        }
    }

    /// A firewall that drops packets: connecting takes its full time, once for all that wait for it.
    @Test func aServerThatDoesNotAcceptIsTriedOnceForAll() async throws {
        let server = SilentServer(backlog: 0)
        // What the kernel lets in without being accepted.
        let fillers = try (0..<4).map { _ in try #require(server.knock()) }
        defer { fillers.forEach { close($0) } }
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s 127.0.0.1:\(server.port) --snapshot never")
        let began = ContinuousClock.now
        for number in 0..<4 { talk.say("MONITOR \(number) ce\(number).example.org -") }
        for number in 0..<4 {
            let answer = try await talk.hear("MONITOR \(number)", within: .seconds(40))
            #expect(answer.contains("FAILURE ldap://127.0.0.1:\(server.port): no answer"), "\(answer)")
        }
        #expect(ContinuousClock.now - began < .seconds(30))
    }

    @Test func aServerThatIsNotThereIsNamed() async throws {
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s 127.0.0.1:9")
        #expect(
            try await talk.ask("DISCOVER - - -")
                == "DISCOVER - FAILURE ldap://127.0.0.1:9: cannot connect: Connection refused")
    }

    @Test func aNameThatDoesNotExistIsNamed() async throws {
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s nosuch.invalid")
        let answer = try await talk.ask("DISCOVER - - -")
        #expect(answer.hasPrefix("DISCOVER - FAILURE ldap://nosuch.invalid:2135: "), "\(answer)")
    }

    @Test func aConnectionThatTheServerClosedIsMadeAgain() async throws {
        var entries = Entries.grid
        entries.host("ce.example.org")
        let server = try await entries.served(port: 2135, set: "idletimeout 1")
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s \(server.address) --monitor server")
        #expect(try await talk.discover() == ["ce.example.org"])
        // The server looks for idle connections every other second; when it has closed, our side is gone as well.
        try await Talk.noConnections(of: talk.pid, within: .seconds(20))
        #expect(try await talk.discover() == ["ce.example.org"])
        #expect(try await talk.monitor("ce.example.org")["HOSTNAME"] == "ce.example.org")
    }

    @Test func aServerThatComesBackIsFoundAgain() async throws {
        var entries = Entries.grid
        entries.host("ce.example.org")
        let first = try await entries.served(port: 2135)
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s \(first.address) --monitor server")
        #expect(try await talk.discover() == ["ce.example.org"])
        try await first.stop()
        #expect(try await talk.ask("DISCOVER - - -").hasPrefix("DISCOVER - FAILURE ldap://\(first.address): "))
        let directory = try TemporaryDirectory()
        let file = try directory.write("entries.ldif", entries.ldif)
        let second = try await TestSupport.DirectoryServer(
            file, options: ["--port", "2135", "--address", first.host])
        #expect(second.address == first.address)
        #expect(try await talk.discover() == ["ce.example.org"])
    }

    @Test func aSizeLimitCutsDiscoveryButNotHosts() async throws {
        let server = try await TestSupport.DirectoryServer(
            "glue1-plain:40x2", options: ["--set", "sizelimit 30"])
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        let hosts = try await talk.discover()
        #expect(hosts.count == 15)
        try await talk.hearComplaint("size limit cut the list of hosts")
        // Everything at once is more than the server tells; one host is not.
        #expect(try await talk.monitor(hosts[0]).queues("QUEUE_NAME").count == 2)
    }

    @Test func halfAHostIsNoHost() async throws {
        let server = try await TestSupport.DirectoryServer(
            "glue1-plain:3x8", options: ["--set", "sizelimit 5"])
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        let host = try #require(try await talk.discover().first)
        #expect(
            try await talk.ask("MONITOR 1 \(host) -")
                == "MONITOR 1 FAILURE ldap://\(server.address): the server's size limit cut the answer")
    }

    @Test func referralsAreNotFollowed() async throws {
        var elsewhere = Entries.grid
        elsewhere.host("elsewhere.example.org")
        let other = try await elsewhere.served(port: 2135)
        var entries = Entries.grid
        entries.host("here.example.org")
        entries.add(
            "ou=more,Mds-Vo-name=local,o=grid", ["referral", "extensibleObject"],
            [("ou", "more"), ("ref", "ldap://\(other.address)/Mds-Vo-name=local,o=grid")])
        let server = try await entries.served(port: 2135)
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s \(server.address)")
        #expect(try await talk.discover() == ["here.example.org"])
    }

    @Test func aBaseThatIsNotThereIsNamed() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:2x1")
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address) -b nosuch")
        #expect(
            try await talk.ask("DISCOVER - - -")
                == "DISCOVER - FAILURE ldap://\(server.address), base mds-vo-name=nosuch,o=grid: No such object")
    }

    /// A base that was given is not replaced by another one, not even when it is the usual one.
    @Test func aBaseThatWasGivenIsNotReplaced() async throws {
        var entries = Entries()
        entries.add("o=grid", ["organization"], [("o", "grid")])
        let server = try await entries.served()
        let plain = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        #expect(try await plain.discover() == [])
        for driver in ["gw_im_mad_bdii", "gw_im_mad_mds2_glue"] {
            let talk = try await Talk.driver(driver, "-s \(server.address) -b local")
            #expect(
                try await talk.ask("DISCOVER - - -")
                    == "DISCOVER - FAILURE ldap://\(server.address), base mds-vo-name=local,o=grid: No such object")
        }
    }

    @Test func aFilterThatIsNoneIsNamed() async throws {
        let talk = try Talk("gw_im_mad_bdii", .init(["-s localhost -q ((GlueCEName=a)"]))
        #expect(
            try await talk.ask("INIT - - -")
                == "INIT - FAILURE filter '((GlueCEName=a)': its parentheses do not match")
        let other = try Talk("gw_im_mad_bdii", .init(["-s localhost -q (GlueCEName)"]))
        #expect(
            try await other.ask("INIT - - -") == "INIT - FAILURE filter '(GlueCEName)': it is not an LDAP filter")
    }

    @Test func surroundingsOfLibldapAreIgnored() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:2x1")
        let directory = try TemporaryDirectory()
        for name in ["ldaprc", ".ldaprc"] {
            try directory.write(name, "BASE o=nowhere\nSIZELIMIT 1\nTIMELIMIT 1\nURI ldap://127.0.0.1:9\n")
        }
        let talk = try Talk(
            "gw_im_mad_bdii",
            .init(
                ["-s \(server.address)"],
                environment: ["HOME": directory.path, "LDAPSIZELIMIT": "1", "LDAPURI": "ldap://127.0.0.1:9"],
                directory: directory.path))
        _ = try await talk.ask("INIT")
        #expect(try await talk.discover().count == 2)
    }

    @Test func tlsIsSpokenToServersOfAKnownAuthorityOnly() async throws {
        let grid = try await Testbed.shared()
        let plain = grid["TESTBED_GLUE"]
        for options in ["-s \(plain) --tls starttls", "-s ldaps://\(grid["TESTBED_GLUE_TLS"])"] {
            let talk = try await Talk.driver("gw_im_mad_bdii", "\(options) --authorities \(grid["TESTBED_CA"])")
            let hosts = try await talk.discover()
            #expect(hosts.count > 2)
            let stranger = try await Talk.driver("gw_im_mad_bdii", options)
            let answer = try await stranger.ask("DISCOVER - - -")
            #expect(answer.hasPrefix("DISCOVER - FAILURE ldap"), "\(answer)")
            #expect(answer.contains("the server's certificate is not valid: none of the authorities in"), "\(answer)")
        }
    }
}

extension Talk {
    /// Waits until a process has no TCP connection any more.
    static func noConnections(of pid: Int32, within limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        let path = "/proc/\(pid)/fd"
        while ContinuousClock.now < deadline {
            let targets = try FileManager.default.contentsOfDirectory(atPath: path).compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "\(path)/\($0)")
            }
            if !targets.contains(where: { $0.hasPrefix("socket:") }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("the connection is still there")
    }
}
