/// What is asked for several properties: the same for all resources of a kind, and hence written once.
public struct PropertiesQuestion: Sendable {
    let text: XMLText

    /// Asks for the properties of those names.
    public init(_ names: [XMLName], _ dialect: Dialect) {
        var text = XMLText()
        text.element("p:GetMultipleResourceProperties", ["xmlns:p": dialect.properties]) { text in
            for name in names {
                text.element("p:ResourceProperty", ["xmlns:q": name.namespace], "q:\(name.local)")
            }
        }
        self.text = text
    }
}
