import GRAM
import MADKit

/// What gwd keeps of a job: the URL by which GRAM knows it, and who accepted it.
///
/// A job manager ends a minute after its last job, or is killed with its jobs still running; then only the service that
/// accepted a job can tell what became of it, and nothing in the URL names that service: its port may be any, and so may
/// its name. (Another service of the same gatekeeper says that it has no record of the job, seen with the job manager
/// 15.8.) The service therefore stands behind the URL as a fragment, `https://HOST:PORT/N/N/#HOST:PORT/SERVICE`, which
/// GRAM is never shown.
struct JobTicket: Sendable, Equatable {
    /// The contact that GRAM gave.
    let url: String
    /// Who accepted the job; unknown for a contact of another driver, or where it did not fit.
    let gatekeeper: GatekeeperContact?

    init(url: String, gatekeeper: GatekeeperContact?) {
        self.url = url
        // Another process may have another default.
        self.gatekeeper = gatekeeper.map { GatekeeperContact($0.text, port: GatekeeperContact.standardPort) }
    }

    /// Takes apart what gwd gives back, with a fragment or without.
    init(_ contact: String) {
        let parts = contact.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let service = parts.count > 1 ? parts[1] : ""
        self.init(url: String(parts[0]), gatekeeper: service.isEmpty ? nil : GatekeeperContact(String(service)))
    }

    /// The word for gwd; the URL alone where the whole is longer than `limit` bytes. `nil` when GRAM's URL is none.
    func contact(within limit: Int) -> JobContact? {
        if let gatekeeper {
            let whole = "\(url)#\(gatekeeper)"
            if whole.utf8.count <= limit, let contact = JobContact(whole) { return contact }
        }
        return JobContact(url)
    }
}
