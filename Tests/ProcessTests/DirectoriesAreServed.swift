import TestSupport
import Testing

/// The directories that tests of the LDAP drivers stand on.
@Suite struct DirectoriesAreServed {
    /// How many entries a server shows below `base`.
    private func entries(
        _ url: String, _ base: String, _ filter: String = "(objectClass=*)", authority: String = "/dev/null"
    ) async throws -> Int {
        let search = "LDAPTLS_CACERT='\(authority)' ldapsearch -x -LLL -H \(url) -b \(base) '\(filter)' dn"
        return try await Shell.run("\(search) 2>&1").split(separator: "\n").count { $0.hasPrefix("dn:") }
    }

    @Test(arguments: [
        ("mds2", "o=grid", "(objectClass=MdsHost)"), ("glue1", "o=grid", "(objectClass=GlueCluster)"),
        ("glue2", "o=glue", "(objectClass=GLUE2ComputingService)"),
    ])
    func everySchemaTakesItsHostsWithAllTheirOddities(schema: String, base: String, filter: String) async throws {
        let text = try await DirectoryServer.text("\(schema):20x3")
        let server = try await DirectoryServer("\(schema):20x3")
        let url = "ldap://\(server.address)"
        #expect(try await entries(url, base) == text.split(separator: "\n").count { $0.hasPrefix("dn:") })
        #expect(try await entries(url, base, filter) == 20)
        try await server.stop()
        await #expect(throws: Shell.Failure.self) { try await entries(url, base) }
    }

    @Test func theSameWordsGiveTheSameDirectory() async throws {
        let first = try await DirectoryServer.text("glue2:12x3:7")
        #expect(try await DirectoryServer.text("glue2:12x3:7") == first)
        #expect(try await DirectoryServer.text("glue2:12x3:8") != first)
        #expect(try await DirectoryServer.text("glue2-plain:12x3:7") != first)
    }

    @Test func theServerTakesFurtherSettings() async throws {
        let server = try await DirectoryServer("mds2:9x1", options: ["--port", "2135", "--set", "idletimeout 1"])
        #expect(server.port == "2135")
        #expect(try await entries("ldap://\(server.address)", "o=grid", "(objectClass=MdsHost)") == 9)
        try await server.stop()
    }

    @Test func theTestGridAnswersOnTheWellKnownPortsAndOverTLS() async throws {
        let grid = try await Testbed.shared()
        #expect(grid["TESTBED_MDS2"].hasSuffix(":2135") && grid["TESTBED_GLUE"].hasSuffix(":2170"))
        #expect(try await entries("ldap://\(grid["TESTBED_MDS2"])", "o=grid", "(objectClass=MdsHost)") == 6)
        #expect(try await entries("ldap://\(grid["TESTBED_GLUE"])", "o=grid", "(objectClass=GlueCluster)") == 6)
        let protected = "ldaps://\(grid["TESTBED_GLUE_TLS"])"
        #expect(try await entries(protected, "o=glue", "(objectClass=GLUE2Share)", authority: grid["TESTBED_CA"]) > 6)
        await #expect(throws: Shell.Failure.self) { try await entries(protected, "o=glue") }
    }
}
