/// A wish to be told what happens to a resource (WS-BaseNotification), as one element.
public struct Subscription: Sendable {
    /// What our ``NotificationConsumer`` knows it by.
    public let key: String
    /// Where notifications are sent.
    public let consumer: EndpointReference
    /// What about.
    public let topic: XMLName

    /// The element `Subscribe`; the prefix `a` stands for the dialect's WS-Addressing around it.
    public func element(_ dialect: Dialect) -> String {
        func writeTopic(_ text: inout XMLText) {
            // The topic is a qualified name in a text: its prefix has to be declared where it stands.
            text.element(
                "n:TopicExpression", ["xmlns:t": topic.namespace, "Dialect": dialect.simpleTopics], "t:\(topic.local)")
        }
        var text = XMLText()
        text.element("n:Subscribe", ["xmlns:n": dialect.notification]) { text in
            text.element("n:ConsumerReference") { $0.verbatim(consumer.content(dialect)) }
            switch dialect {
            case .gt40: writeTopic(&text)
            case .gt42: text.element("n:Filter") { writeTopic(&$0) }
            }
        }
        return text.description
    }
}
