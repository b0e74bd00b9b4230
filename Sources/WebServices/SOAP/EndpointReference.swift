/// Where a service or one of its resources is found: an address, and what has to go along with each message to it.
///
/// The references are opaque: they are copied as they came, prefixes and attributes included.
public struct EndpointReference: Sendable, Hashable {
    /// The URL of the service.
    public let address: String
    /// The reference properties (4.0) or parameters (4.2), each an XML element that stands by itself.
    public let references: [String]

    /// Makes a reference.
    public init(_ address: String, references: [String] = []) {
        self.address = address
        self.references = references
    }

    /// Makes a reference to one resource, known by a single key.
    public init(_ address: String, key: XMLName, _ value: String) {
        var text = XMLText()
        text.element("k:\(key.local)", ["xmlns:k": key.namespace], value)
        self.init(address, references: [text.description])
    }

    /// Reads an element of type EndpointReferenceType, of either dialect; `nil` when it has no address.
    public init?(_ element: XMLElement) {
        guard let address = element.child("Address")?.trimmedText, !address.isEmpty else { return nil }
        let holders = element.children.filter {
            $0.isNamed("ReferenceProperties") || $0.isNamed("ReferenceParameters")
        }
        self.init(address, references: holders.flatMap { $0.children.map(\.standaloneText) })
    }

    /// The content of such an element; `prefix` stands for the dialect's WS-Addressing.
    public func content(_ dialect: Dialect, prefix: String = "a") -> String {
        var text = XMLText()
        text.element("\(prefix):Address", [:], address)
        if !references.isEmpty {
            text.element("\(prefix):\(dialect.references)") { $0.verbatim(references.joined()) }
        }
        return text.description
    }

    /// The text of the first reference element of that local name, for those who know what is in it.
    public func reference(_ local: String) -> String? {
        for reference in references {
            guard let element = try? XMLElement.read(Array(reference.utf8)), element.isNamed(local) else { continue }
            return element.trimmedText
        }
        return nil
    }
}
