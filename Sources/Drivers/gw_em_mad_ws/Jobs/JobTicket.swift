import MADKit
import WebServices

/// What gwd keeps of a job: `ADDRESS?ID#gtVERSION`. The original driver's contacts are the same without the fragment, which
/// tells a later process how to speak to the container; no message ever holds it.
struct JobTicket: Sendable, Equatable {
    /// The URL of the job's service.
    let address: String
    /// The key of the job there.
    let identifier: String
    /// How it is spoken to; `nil` for a contact of the original driver.
    let dialect: Dialect?

    init(address: String, identifier: String, dialect: Dialect?) {
        self.address = address
        self.identifier = identifier
        self.dialect = dialect
    }

    /// Takes apart what gwd gives back; `nil` when it is no such contact.
    init?(_ contact: JobContact) {
        let parts = contact.text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let pair = parts[0].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2, !pair[1].isEmpty, URLParts(String(pair[0])) != nil else { return nil }
        let version = parts.count > 1 && parts[1].hasPrefix("gt") ? String(parts[1].dropFirst(2)) : ""
        self.init(address: String(pair[0]), identifier: String(pair[1]), dialect: Dialect(rawValue: version))
    }

    /// The word for gwd; `nil` when the container's own words cannot be one.
    var contact: JobContact? {
        guard !identifier.contains("#") else { return nil }
        return JobContact("\(address)?\(identifier)" + (dialect.map { "#gt\($0.rawValue)" } ?? ""))
    }

    /// Where the job is found.
    func endpoint(_ dialect: Dialect) -> EndpointReference {
        EndpointReference(address, key: XMLName(dialect.job, "ResourceID"), identifier)
    }

    /// The container, as one word.
    var authority: String { URLParts(address)?.authority ?? address }
}
