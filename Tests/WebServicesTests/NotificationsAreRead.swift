import Testing

@testable import WebServices

/// Notifications as containers of either dialect send them, and the requests that ask for them.
@Suite struct NotificationsAreRead {
    @Test(
        arguments: [
            ("gt4.0/07-notify-done.xml", Dialect.gt40, "8bdb1920-e4c8-11f1-b327-d16e38ac2976", "Done"),
            ("gt4.0/08-notify-failed.xml", Dialect.gt40, "921e08b0-e4c8-11f1-b327-d16e38ac2976", "Failed"),
            ("gt4.2/03-notify-done.xml", Dialect.gt42, "ce629550-e4ca-11f1-9504-ee05ef632c18", "Done"),
        ])
    func recordedOnesAreUnderstood(name: String, dialect: Dialect, key: String, state: String) throws {
        let notification = try #require(WebServices.Notification(try Captured.bytes(name), limit: 1 << 20))
        #expect(notification.key == key && notification.dialect == dialect)
        let content = try #require(notification.contents.first)
        #expect(notification.contents.count == 1 && content.isNamed("stateChangeNotificationMessage"))
        #expect(content.child("state")?.trimmedText == state)
        #expect((content.child("fault") != nil) == (state == "Failed"))
    }

    @Test func otherMessagesAreNone() throws {
        let text = String(decoding: try Captured.bytes("gt4.0/07-notify-done.xml"), as: UTF8.self)
        func read(_ text: String) -> WebServices.Notification? { .init(Array(text.utf8), limit: 1 << 20) }
        #expect(read(text) != nil)
        #expect(read(text.replacing("namespaces/2004/06/core", with: "namespaces/2004/06/shell")) == nil)
        #expect(read(text.replacing("2004/06/wsn-WS-BaseNotification", with: "2005/06/x")) == nil)
        #expect(read(text.replacing("<Notify ", with: "<Notice ").replacing("</Notify>", with: "</Notice>")) == nil)
        #expect(read("<Notify/>") == nil && read("") == nil)
        #expect(WebServices.Notification(Array(text.utf8), limit: 100) == nil)
    }

    @Test func aSubscriptionOfTheDrafts() {
        #expect(
            subscription(XMLName("urn:t", "state")).element(.gt40) == """
                <n:Subscribe xmlns:n="http://docs.oasis-open.org/wsn/2004/06/wsn-WS-BaseNotification-1.2-draft-01.xsd">\
                <n:ConsumerReference><a:Address>https://h:1/c</a:Address><a:ReferenceProperties><k:K xmlns:k="urn:k">1</k:K>\
                </a:ReferenceProperties></n:ConsumerReference><n:TopicExpression xmlns:t="urn:t" \
                Dialect="http://docs.oasis-open.org/wsn/2004/06/TopicExpression/Simple">t:state</n:TopicExpression>\
                </n:Subscribe>
                """)
    }

    @Test func aSubscriptionOfTheStandards() {
        #expect(
            subscription(XMLName("urn:j", "stateChangeInformation")).element(.gt42) == """
                <n:Subscribe xmlns:n="http://docs.oasis-open.org/wsn/b-2"><n:ConsumerReference><a:Address>https://h:1/c\
                </a:Address><a:ReferenceParameters><k:K xmlns:k="urn:k">1</k:K></a:ReferenceParameters>\
                </n:ConsumerReference><n:Filter><n:TopicExpression xmlns:t="urn:j" \
                Dialect="http://docs.oasis-open.org/wsn/t-1/TopicExpression/Simple">t:stateChangeInformation\
                </n:TopicExpression></n:Filter></n:Subscribe>
                """)
    }

    private func subscription(_ topic: XMLName) -> Subscription {
        Subscription(
            key: "1", consumer: EndpointReference("https://h:1/c", key: XMLName("urn:k", "K"), "1"), topic: topic)
    }

    @Test func whereOthersReachThisMachineIsKnown() {
        #expect(NameService.ownAddress(towards: "127.0.0.1", port: 8443) == "127.0.0.1")
        #expect(NameService.ownAddress(towards: "no such host", port: 8443) == nil)
    }
}
