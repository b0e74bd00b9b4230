/// A request to a web service: SOAP 1.1, document/literal, with WS-Addressing headers.
public struct SOAPMessage: Sendable {
    /// Where to.
    public var endpoint: EndpointReference
    /// What both the SOAPAction header and wsa:Action say.
    public var action: String
    /// Whose WS-Addressing.
    public var dialect: Dialect
    /// The element in the body. The prefix `a` stands for the dialect's WS-Addressing there.
    public var body: String
    /// Which places at the server it takes.
    public var kind: HTTPRequest.Kind
    /// The longest wait for the answer.
    public var patience: Duration

    /// Describes a message.
    public init(
        to endpoint: EndpointReference, action: String, dialect: Dialect, body: String,
        kind: HTTPRequest.Kind = .control, patience: Duration = .seconds(60)
    ) {
        self.endpoint = endpoint
        self.action = action
        self.dialect = dialect
        self.body = body
        self.kind = kind
        self.patience = patience
    }

    /// The whole envelope. `identifier` is the message's own name, a UUID.
    public func envelope(identifier: UUID) -> String {
        var text = XMLText()
        text.verbatim("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        text.element(
            "S:Envelope", ["xmlns:S": "http://schemas.xmlsoap.org/soap/envelope/", "xmlns:a": dialect.addressing]
        ) { text in
            text.element("S:Header") { text in
                text.element("a:MessageID", [:], "uuid:\(identifier)")
                text.element("a:To", [:], endpoint.address)
                text.element("a:Action", [:], action)
                if dialect == .gt40 {
                    text.element("a:From") { $0.element("a:Address", [:], dialect.anonymous) }
                }
                text.verbatim(endpoint.references.joined())
            }
            text.element("S:Body") { $0.verbatim(body) }
        }
        return text.description
    }
}
