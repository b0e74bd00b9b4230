/// A service understood a request and refused it.
public struct SOAPFault: Error, Sendable, CustomStringConvertible {
    /// The code without its prefix, such as `Server.userException`.
    public let code: String
    /// The text beside it; empty for the typed faults of Globus.
    public let text: String
    /// The elements of the detail that name a type, outermost first: `ResourceUnknownFault` and so on.
    public let types: [XMLName]
    /// The first description in the detail, the one nearest to what was asked.
    public let reason: String?

    /// Why, in one line: the description, else the text, else the name of the type.
    public var description: String {
        let words = reason ?? (text.isEmpty ? types.first?.local ?? code : text)
        return SOAPFault.shortened(words.singleLine)
    }

    /// True when the service does not know the resource that was asked for.
    public var isResourceUnknown: Bool {
        types.first?.local.hasPrefix("ResourceUnknownFault") == true || text.hasSuffix("NoSuchResourceException")
    }

    /// True when the server has no such service, or the service no such operation: perhaps it speaks the other dialect.
    public var isOperationUnknown: Bool {
        code.hasSuffix("Server.NoService") || text.contains("No such operation")
            || text.contains("could not find a target")
            || text.contains("operation not found") || code.hasSuffix("MessageAddressingHeaderRequired")
            || types.contains { $0.local.hasPrefix("InvalidResourcePropertyQName") }
    }

    /// True when it is the subscription in a request that was refused, or what it is about.
    public func concernsNotification(_ dialect: Dialect) -> Bool {
        types.contains { $0.namespace == dialect.notification } || description.contains("Subscribe")
    }

    /// True when the service knows us and forbids it.
    public var isAuthorizationRefused: Bool { text.contains("AuthorizationException") }

    /// Reads a Fault element.
    public init(_ fault: XMLElement) {
        let qualified = fault.child("faultcode")?.trimmedText ?? ""
        code = String(qualified.split(separator: ":", maxSplits: 1).last ?? "")
        text = fault.child("faultstring")?.text.singleLine ?? ""
        var types: [XMLName] = []
        var reasons: [String] = []
        if let detail = fault.child("detail") {
            for child in detail.children where child.namespace != SOAPFault.axis {
                SOAPFault.collect(child, &types, &reasons)
            }
        }
        self.types = types
        reason = reasons.first { !SOAPFault.isClassName($0) }
    }

    /// What Axis adds for its programmers: stack trace, host name, exception name.
    private static let axis = "http://xml.apache.org/axis/"

    private static func collect(_ element: XMLElement, _ types: inout [XMLName], _ reasons: inout [String]) {
        if element.local.hasSuffix("Fault") { types.append(element.name) }
        if let type = element.attribute("type"), let local = type.split(separator: ":").last,
            local.hasSuffix("FaultType"), local != "BaseFaultType"
        {
            types.append(XMLName("", String(local)))
        }
        for child in element.children {
            if child.isNamed("Description") {
                let text = child.text.singleLine
                if !text.isEmpty { reasons.append(text) }
            } else if !child.isNamed("Originator") {
                collect(child, &types, &reasons)
            }
        }
    }

    /// A cause of Globus' Java is described by the name of its class, which says less than any other text.
    private static func isClassName(_ text: String) -> Bool {
        text.hasPrefix("org.") && !text.contains(" ") && !text.contains(":")
    }

    /// Stack traces may be in a faultstring.
    private static func shortened(_ text: String) -> String {
        text.utf8.count > 400 ? text.prefix(400) + "…" : text
    }
}
