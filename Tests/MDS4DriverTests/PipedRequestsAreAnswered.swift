import Foundation
import TestSupport
import Testing

/// Requests and the end of the input in one piece, as a person pipes them in.
@Suite struct PipedRequestsAreAnswered {
    /// A driver whose INIT was over at the very moment when it looked whether all was done ended without the rest: one
    /// time in fifty, hence so many.
    @Test func noneIsLostBehindInit() async throws {
        let driver = Talk.executable("gw_im_mad_mds4").path
        let losses = try await Shell.run(
            """
            for run in $(seq 100); do
                printf 'INIT - - -\\nMONITOR 0 127.0.0.1:1 -\\n' | '\(driver)' 2>/dev/null | grep -c ' 0 FAILURE '
            done | grep -vxc 1 || true
            """)
        #expect(losses == "0\n")
    }
}
