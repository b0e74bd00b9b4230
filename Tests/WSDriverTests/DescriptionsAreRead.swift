import MADKit
import Testing
import WebServices

@testable import gw_em_mad_ws

/// gwd's job descriptions, made into what the schema wants.
@Suite struct DescriptionsAreRead {
    private func description(_ text: String) throws -> JobDescription {
        try JobDescription(Array(text.utf8), path: "job.rsl")
    }

    private func reason(_ text: String) -> String {
        do { _ = try description(text) } catch { return "\(error)" }
        return "no error"
    }

    /// What a list of elements is called, in the order written.
    private func names(_ description: JobDescription, _ dialect: Dialect) throws -> [String] {
        let text = description.text(dialect, credential: nil)
        let root = try XMLElement.read(Array(text.utf8))
        #expect(root.name == XMLName(dialect.jobDescription, "job"))
        #expect(root.children.allSatisfy { $0.namespace == dialect.jobDescription })
        return root.children.map(\.local)
    }

    @Test(arguments: Dialect.allCases) func elementsAreQualifiedAndInTheOrderOfTheSchema(dialect: Dialect) throws {
        let job = try description(
            """
            <job> <executable>.gw/.wrapper</executable> <environment> <name>GW_USER</name> <value>a b</value></environment>
            <environment><name>GW_JOB_ID</name><value>1</value></environment> <stdout>o</stdout> <stderr>e</stderr>
            <count>2</count> <jobType>mpi</jobType> <queue>q</queue><argument>x</argument><directory>d</directory></job>
            """)
        #expect(
            try names(job, dialect) == [
                "executable", "directory", "argument", "environment", "environment", "stdout", "stderr", "count",
                "queue",
                "jobType",
            ])
    }

    @Test func whatGWDForgotIsLeftOut() throws {
        let job = try description(
            "<job><executable>x</executable><queue>(null)</queue><queue>-</queue><stdin></stdin><count>1</count></job>")
        #expect(try names(job, .gt40) == ["executable", "count"])
    }

    @Test func whatGWDWritesTwiceIsWrittenOnce() throws {
        let job = try description(
            "<job><executable>x</executable><stdout>a</stdout><count>1</count><stdout>b</stdout><count>1</count></job>")
        #expect(try names(job, .gt42) == ["executable", "stdout", "count"])
    }

    @Test func argumentsKeepTheirBlanksAndMarkup() throws {
        let job = try description(
            "<job><executable>x</executable><argument> a &lt; b &amp; c </argument><argument/></job>")
        let text = job.text(.gt40, credential: nil)
        #expect(text.contains("<d:argument> a &lt; b &amp; c </d:argument><d:argument></d:argument>"))
    }

    @Test func aCredentialIsPutIn() throws {
        let delegated = EndpointReference("https://h/d", references: ["<k xmlns=\"urn:k\">1</k>"])
        let text = try description("<job><executable>x</executable></job>").text(.gt42, credential: delegated)
        #expect(
            text == """
                <d:job xmlns:d="http://www.globus.org/namespaces/2008/03/gram/job/description"><d:jobCredentialEndpoint>\
                <a:Address>https://h/d</a:Address><a:ReferenceParameters><k xmlns="urn:k">1</k></a:ReferenceParameters>\
                </d:jobCredentialEndpoint><d:stagingCredentialEndpoint><a:Address>https://h/d</a:Address>\
                <a:ReferenceParameters><k xmlns="urn:k">1</k></a:ReferenceParameters></d:stagingCredentialEndpoint>\
                <d:executable>x</d:executable></d:job>
                """)
    }

    @Test func mistakesNameFileLineAndCause() {
        #expect(
            reason("<job>\n<executable>x</executable>\n<argument>a & b</argument></job>").hasPrefix(
                "the job description job.rsl cannot be used: line 3: "))
        #expect(
            reason("<job>\n<executable>x</executable>\n<nope/></job>").hasSuffix("line 3: no job has an element 'nope'")
        )
        #expect(reason("<job><executable>a<b/></executable></job>").hasSuffix("'executable' has an element 'b' in it"))
        #expect(
            reason("<job><executable>a</executable><count>two</count></job>").hasSuffix("'count' is no number: two"))
        #expect(
            reason("<job><executable>a</executable><jobType>fast</jobType></job>").hasSuffix(
                "no 'jobType' is called fast"))
        #expect(reason("<multiJob/>").hasSuffix("line 1: it is a 'multiJob', not a 'job'"))
        #expect(reason("<job/>").hasSuffix("it names no executable"))
        #expect(reason("").hasSuffix("Document is empty"))
        #expect(
            reason("<!DOCTYPE job [<!ENTITY a 'b'>]><job><executable>&a;</executable></job>").contains("document type"))
    }
}
