import Directory
import Glibc
import Testing

@testable import GridInformation

/// The parts that need no server.
@Suite struct LDAPPartsWork {
    /// Else every ldapsearch that a process with a client starts would read no variable either.
    @Test func keepingSurroundingsOutLeavesTheEnvironmentAsItWas() {
        _ = DirectoryClient()
        #expect(getenv("LDAPNOINIT") == nil)
    }

    @Test func valuesInFiltersMeanNothing() {
        #expect(DirectoryFilter.has("cn", "a*(b)\\c\0ü").description == "(cn=a\\2a\\28b\\29\\5cc\\00\\c3\\bc)")
    }

    @Test(arguments: [
        ("", ""), ("  ", ""), ("a=b", "(a=b)"), ("(a=b)(c=d)", "(a=b)(c=d)"), (" (|(a=b)(c=d)) ", "(|(a=b)(c=d))"),
        ("!(a=b)", "(!(a=b))"), ("&(a=b)(c=d)", "(&(a=b)(c=d))"), ("|(a=b)(!(c=d))", "(|(a=b)(!(c=d)))"),
    ])
    func writtenFiltersGetTheirParentheses(text: String, filter: String) throws {
        #expect(try DirectoryFilter(written: text).description == filter)
    }

    @Test(arguments: [
        "(a=b", "(a=b))", "(a=b)) (c=d)", ")(", "(a=b)x", "(a=b)(x", "a=b)(c=d", "(a=b\0)", "!(a=b))(c=d", "&(a=b",
        "!(a=b))", "(a)", "()", "(&)(a)",
        "(=b)", "(a=b\\zz)",
    ])
    func filtersThatReachBeyondThemselvesAreRefused(text: String) {
        #expect(throws: (any Error).self) { try DirectoryFilter(written: text) }
    }

    @Test(
        arguments: [
            ("ce.example.org", "ce.example.org", nil), ("ce:2119", "ce", 2119), ("10.0.0.1", "10.0.0.1", nil),
            ("::1", "::1", nil), ("[fe80::1]:2135", "fe80::1", 2135), ("a_b-c.D", "a_b-c.D", nil),
        ] as [(String, String, Int?)])
    func hostNames(text: String, host: String, port: Int?) throws {
        let address = try #require(HostAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test(arguments: [
        "", "-a", "a b", "a*", "a(b", "a\\b", "a:", "a:0", "a:65536", "a:1:2x", "[::1", "ü", "a/b", "a,b", "a=b",
        "[a]:1",
    ])
    func noHostNames(text: String) {
        #expect(HostAddress(text) == nil)
    }

    @Test func namesArePaths() {
        let name = DistinguishedName("Mds-Job-Queue-name = a\\,b ,Mds-Software-deployment=JobManager, o=Grid")
        let same = DistinguishedName("mds-job-queue-name=A\\,B,mds-software-deployment=jobmanager,o=grid")
        #expect(name == same)
        #expect(name.parent == DistinguishedName("mds-software-deployment=jobmanager,o=grid"))
        #expect(name.value(of: "mds-software-deployment") == "jobmanager")
        #expect(DistinguishedName("o=grid").parent == nil)
    }

    @Test(arguments: [
        (["VO:cms", "VO:atlas"], ":cms::atlas:"), (["ops"], ":ops:"), (["DENY:cms"], ""),
        (["vo:cms", "VO:cms"], ":cms:"),
        (["VOMS:/atlas/Role=production"], ":/atlas/Role=production:"), (["VO:", "VO: "], ""), ([], ""),
    ])
    func accessRules(rules: [String], text: String) {
        #expect(AccessRules.text(rules, bytes: 255) == text)
    }

    /// A list that is too long loses groups and roles first, and never a part of a name.
    @Test func accessRulesFitIntoTheirRoom() {
        let rules = ["VOMS:/cms/Role=production", "VO:cms", "VO:atlas", "VOMS:/lhcb", "VO:lhcb"]
        #expect(AccessRules.text(rules, bytes: 255) == ":/cms/Role=production::cms::atlas::/lhcb::lhcb:")
        #expect(AccessRules.text(rules, bytes: 39) == ":cms::atlas::lhcb::/lhcb:")
        #expect(AccessRules.text(rules, bytes: 11) == ":cms::lhcb:")
        #expect(AccessRules.text(rules, bytes: 3) == "")
    }

    @Test(arguments: [
        ("3600", Mapping.Form.minutes, "60"), ("30", .minutes, "1"), ("0", .minutes, "0"),
        ("999999999", .minutes, "999999999"),
        ("-1", .minutes, "-1"), ("252", .megabytes, "252000"), ("1.5", .megabytes, "1500"), ("x", .megabytes, "x"),
        ("amd64", .platform, "x86_64"), ("AMD64", .platform, "x86_64"), ("I686", .platform, "i686"),
        ("q@host", .beforeAt, "q"),
    ])
    func units(text: String, form: Mapping.Form, result: String) {
        #expect(Mapping.converted(text, form) == result)
    }

    @Test(
        arguments: [
            ("https://ce.example.org:8443/x", "ce.example.org"), ("gsiftp://u@ce/", "ce"), ("https://[::1]:443", "::1"),
            ("nonsense", nil), ("https:///x", nil),
        ] as [(String, String?)])
    func hostsOfURLs(url: String, host: String?) {
        #expect(GLUE2Index.host(ofURL: url) == host)
    }

    @Test(
        arguments: [
            ("urn:ogf:ComputingShare:arc.example.org:fork", "arc.example.org"),
            ("ce.example.org_HTCondorCE_cms", "ce.example.org"),
            ("grid_cms_ce", nil), ("urn:ogf:ComputingShare:fork", nil),
        ] as [(String, String?)])
    func hostsInKeys(key: String, host: String?) {
        #expect(GLUE2Index.host(inKey: key) == host)
    }
}
