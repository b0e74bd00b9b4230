/// What a service told a ``NotificationConsumer``.
public struct Notification: Sendable {
    /// The key of the subscription.
    public let key: String
    /// Whose WS-BaseNotification it is.
    public let dialect: Dialect
    /// What was told: the element in each message, in their order.
    public let contents: [XMLElement]

    /// The element that carries the key, as the containers of Globus have it in both dialects.
    static let keyName = XMLName("http://www.globus.org/namespaces/2004/06/core", "NotificationConsumerKey")
    private static let envelope = "http://schemas.xmlsoap.org/soap/envelope/"

    /// Reads an envelope with a `Notify` in it; `nil` for any other document.
    init?(_ bytes: [UInt8], limit: Int) {
        func part(_ root: XMLElement, _ name: String) -> XMLElement? {
            root.child(XMLName(Notification.envelope, name))
        }
        guard let root = try? XMLElement.read(bytes, limit: limit),
            root.isNamed(XMLName(Notification.envelope, "Envelope")),
            let key = part(root, "Header")?.child(Notification.keyName)?.trimmedText, !key.isEmpty,
            let notify = part(root, "Body")?.children.first(where: { _ in true }),
            let dialect = Dialect.allCases.first(where: { notify.isNamed(XMLName($0.notification, "Notify")) })
        else { return nil }
        self.key = key
        self.dialect = dialect
        contents = notify.children.filter { $0.isNamed("NotificationMessage") }.compactMap { message in
            message.child("Message")?.children.first { _ in true }
        }
    }
}
