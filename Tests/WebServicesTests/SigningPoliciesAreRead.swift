import Testing

@testable import WebServices

@Suite struct SigningPoliciesAreRead {
    private func policy(_ text: String, _ authority: String = "/C=XX/O=Grid/CN=CA") -> SigningPolicy {
        SigningPolicy(text: text, authority: authority)
    }

    private let usual = """
        # a comment
        access_id_CA      X509         '/C=XX/O=Grid/CN=CA'
        pos_rights        globus        CA:sign
        cond_subjects     globus     '"/C=XX/O=Grid/*" "/O=Other/CN=*"'
        """

    @Test func subjectsAreComparedWithPatterns() {
        let policy = policy(usual)
        #expect(policy.allows("/C=XX/O=Grid/OU=a/CN=host/h.example.org"))
        #expect(policy.allows("/O=Other/CN=x") && policy.allows("/o=other/CN=x"))
        #expect(!policy.allows("/C=XX/O=Gri") && !policy.allows("/C=YY/O=Grid/CN=x"))
    }

    @Test func otherAuthoritiesHaveNoSay() {
        #expect(!policy(usual, "/C=XX/O=Grid/CN=Other CA").allows("/C=XX/O=Grid/CN=x"))
        #expect(!policy("").allows("/C=XX/O=Grid/CN=x"))
    }

    @Test func spellingsOfTheMailAddressAreOne() {
        let policy = policy(
            "access_id_CA X509 '/CN=CA/Email=a@b'\npos_rights globus CA:sign\ncond_subjects globus '\"/O=[x]/*\"'",
            "/CN=CA/emailAddress=a@b")
        // Brackets are no pattern here.
        #expect(policy.allows("/O=[x]/CN=y") && !policy.allows("/O=x/CN=y"))
    }
}
