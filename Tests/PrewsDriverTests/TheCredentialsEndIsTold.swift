import Glibc
import MADKit
import Synchronization
import Testing

@testable import Globus
@testable import gw_em_mad_prews

/// Warnings of the proxy's end, each once for each proxy.
@Suite struct TheCredentialsEndIsTold {
    private final class Notices: Sendable {
        let texts = Mutex<[String]>([])
        func take() -> [String] {
            texts.withLock { texts in
                defer { texts = [] }; return texts
            }
        }
    }

    private func credential(endingIn seconds: Int) -> Credential {
        Credential(path: "/p", identity: "/CN=me", expiry: time(nil) + seconds, modified: seconds)
    }

    @Test func eachLimitIsToldOnce() {
        let notices = Notices()
        let clock = CredentialClock { text in notices.texts.withLock { $0.append(text) } }
        let credential = credential(endingIn: 3_000)
        clock.note(credential)
        #expect(notices.take() == ["the proxy certificate /p ends in less than 1 hour"])
        clock.note(credential)
        #expect(notices.take() == [])
    }

    @Test func aRenewalIsToldAndBeginsAnew() {
        let notices = Notices()
        let clock = CredentialClock { text in notices.texts.withLock { $0.append(text) } }
        clock.note(credential(endingIn: 300))
        _ = notices.take()
        clock.note(credential(endingIn: 20_000))
        #expect(
            notices.take() == [
                "the proxy certificate /p was renewed, 20000 s left",
                "the proxy certificate /p ends in less than 6 hours",
            ])
        clock.note(credential(endingIn: 80_000))
        #expect(notices.take() == ["the proxy certificate /p was renewed, 80000 s left"])
    }

    @Test func aMissingProxyIsToldOnceAndItsReturnToo() {
        let notices = Notices()
        let clock = CredentialClock { text in notices.texts.withLock { $0.append(text) } }
        clock.note(credential(endingIn: 80_000))
        clock.note(MADError(.credential, "no proxy certificate at /p"))
        clock.note(MADError(.credential, "no proxy certificate at /p"))
        #expect(notices.take() == ["no proxy certificate at /p"])
    }
}
