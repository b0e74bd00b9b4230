import TestSupport
import Testing

/// The gwd.conf with which the test grid shows its directories.
@Suite struct TheGridHasALineUp {
    @Test func eachDriverFindsItsHosts() async throws {
        let grid = try await Testbed.shared()
        let tool = try Tool(
            "gwmad", .init(["check", "-c", grid["TESTBED_GWD_CONF_LDAP"]], environment: grid.variables))
        #expect(try await tool.finish() == 0, "\(tool.output) \(tool.messages)")
        let drivers = tool.output.filter { $0.hasPrefix("gw_im_mad_") }
        #expect(drivers.map { $0.split(separator: " ").last } == ["mds2)", "mds2_glue)", "bdii)", "glue2)"])
    }
}
