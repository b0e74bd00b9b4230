import MADKit

/// What every WS-Resource can be asked: its properties, and its end.
public struct ResourceClient: Sendable {
    /// Sends the messages.
    public let soap: SOAPClient
    /// How the resource is spoken to.
    public let dialect: Dialect

    /// Chooses a dialect.
    public init(_ soap: SOAPClient, _ dialect: Dialect) {
        self.soap = soap
        self.dialect = dialect
    }

    /// The elements of one property: none, one or several, each named like the property.
    public func property(_ name: XMLName, of resource: EndpointReference, patience: Duration = .seconds(60))
        async throws -> [XMLElement]
    {
        var text = XMLText()
        text.element(
            "p:GetResourceProperty", ["xmlns:p": dialect.properties, "xmlns:q": name.namespace], "q:\(name.local)")
        return Array(
            try await soap.call(message("GetResourceProperty", text, to: resource, .control, patience)).children)
    }

    /// The elements of several properties, in any order; select by name. What the resource does not have is missing.
    public func properties(
        _ question: PropertiesQuestion, of resource: EndpointReference, patience: Duration = .seconds(60)
    ) async throws -> [XMLElement] {
        let message = message("GetMultipleResourceProperties", question.text, to: resource, .control, patience)
        return Array(try await soap.call(message).children)
    }

    /// What an XPath 1 expression gives on the resource's document: the answer's element, with the selected elements or
    /// text in it; empty when nothing was found.
    public func query(_ xpath: String, of resource: EndpointReference, patience: Duration = .seconds(60))
        async throws -> XMLElement
    {
        var text = XMLText()
        text.element("p:QueryResourceProperties", ["xmlns:p": dialect.properties]) { text in
            text.element(
                "p:QueryExpression", ["Dialect": "http://www.w3.org/TR/1999/REC-xpath-19991116"], xpath)
        }
        return try await soap.call(message("QueryResourceProperties", text, to: resource, .bulk, patience))
    }

    /// Destroys the resource. GT 4.0 answers for a job only when it is over, which may take minutes.
    public func destroy(_ resource: EndpointReference, patience: Duration = .seconds(60)) async throws {
        var text = XMLText()
        text.element("l:Destroy", ["xmlns:l": dialect.lifetime])
        try await soap.call(
            SOAPMessage(
                to: resource, action: dialect.destroyAction, dialect: dialect, body: text.description, kind: .slow,
                patience: patience))
    }

    /// Sets when the service may destroy the resource by itself, in seconds since 1970.
    public func setTerminationTime(_ time: Int, of resource: EndpointReference, patience: Duration = .seconds(60))
        async throws
    {
        var text = XMLText()
        text.element("l:SetTerminationTime", ["xmlns:l": dialect.lifetime]) { text in
            text.element("l:RequestedTerminationTime", [:], XMLTime.text(time))
        }
        try await soap.call(
            SOAPMessage(
                to: resource, action: dialect.setTerminationTimeAction, dialect: dialect, body: text.description,
                patience: patience))
    }

    /// Asks the resource for notifications.
    /// - Returns: where the subscription can be ended; `nil` when the service does not tell.
    public func subscribe(
        _ subscription: Subscription, to resource: EndpointReference, patience: Duration = .seconds(60)
    )
        async throws -> EndpointReference?
    {
        let answer = try await soap.call(
            SOAPMessage(
                to: resource, action: dialect.subscribeAction, dialect: dialect, body: subscription.element(dialect),
                patience: patience))
        return answer.child("SubscriptionReference").flatMap { EndpointReference($0) }
    }

    private func message(
        _ operation: String, _ body: XMLText, to resource: EndpointReference, _ kind: HTTPRequest.Kind,
        _ patience: Duration
    ) -> SOAPMessage {
        SOAPMessage(
            to: resource, action: dialect.propertyAction(operation), dialect: dialect, body: body.description,
            kind: kind, patience: patience)
    }
}
