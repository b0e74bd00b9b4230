/// Which family of standards a service speaks. The two share ideas and no namespace, and neither understands the other.
public enum Dialect: String, Sendable, Hashable, CaseIterable {
    /// Globus Toolkit 4.0: WS-Addressing of March 2004, WSRF and WS-Notification drafts of June 2004.
    case gt40 = "4.0"
    /// Globus Toolkit 4.2: WS-Addressing 1.0, WSRF 1.2 and WS-Notification 1.3 as OASIS standards.
    case gt42 = "4.2"

    /// WS-Addressing.
    public var addressing: String {
        self == .gt40
            ? "http://schemas.xmlsoap.org/ws/2004/03/addressing" : "http://www.w3.org/2005/08/addressing"
    }
    /// The address of a party that cannot be called.
    public var anonymous: String { addressing + (self == .gt40 ? "/role/anonymous" : "/anonymous") }
    /// The element of an endpoint reference that holds what has to be sent back in headers.
    public var references: String { self == .gt40 ? "ReferenceProperties" : "ReferenceParameters" }

    /// WS-ResourceProperties.
    public var properties: String {
        self == .gt40
            ? "http://docs.oasis-open.org/wsrf/2004/06/wsrf-WS-ResourceProperties-1.2-draft-01.xsd"
            : "http://docs.oasis-open.org/wsrf/rp-2"
    }
    /// WS-ResourceLifetime.
    public var lifetime: String {
        self == .gt40
            ? "http://docs.oasis-open.org/wsrf/2004/06/wsrf-WS-ResourceLifetime-1.2-draft-01.xsd"
            : "http://docs.oasis-open.org/wsrf/rl-2"
    }
    /// WS-BaseFaults.
    public var faults: String {
        self == .gt40
            ? "http://docs.oasis-open.org/wsrf/2004/06/wsrf-WS-BaseFaults-1.2-draft-01.xsd"
            : "http://docs.oasis-open.org/wsrf/bf-2"
    }
    /// WS-BaseNotification.
    public var notification: String {
        self == .gt40
            ? "http://docs.oasis-open.org/wsn/2004/06/wsn-WS-BaseNotification-1.2-draft-01.xsd"
            : "http://docs.oasis-open.org/wsn/b-2"
    }
    /// How topics are named: by one qualified name.
    var simpleTopics: String {
        self == .gt40
            ? "http://docs.oasis-open.org/wsn/2004/06/TopicExpression/Simple"
            : "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Simple"
    }
    /// The delegation service of the toolkit.
    public var delegation: String {
        self == .gt40
            ? "http://www.globus.org/08/2004/delegationService" : "http://www.globus.org/01/2008/delegationService"
    }

    /// The action of an operation of WS-ResourceProperties, such as `GetResourceProperty`.
    func propertyAction(_ operation: String) -> String {
        self == .gt40
            ? "http://docs.oasis-open.org/wsrf/2004/06/wsrf-WS-ResourceProperties/\(operation)"
            : "http://docs.oasis-open.org/wsrf/rpw-2/\(operation)/\(operation)Request"
    }
    /// The action of `Destroy`.
    var destroyAction: String {
        self == .gt40
            ? "http://docs.oasis-open.org/wsrf/2004/06/wsrf-WS-ResourceLifetime/Destroy"
            : "http://docs.oasis-open.org/wsrf/rlw-2/ImmediateResourceTermination/DestroyRequest"
    }
    /// The action of `SetTerminationTime`.
    var setTerminationTimeAction: String {
        self == .gt40
            ? "http://docs.oasis-open.org/wsrf/2004/06/wsrf-WS-ResourceLifetime/SetTerminationTime"
            : "http://docs.oasis-open.org/wsrf/rlw-2/ScheduledResourceTermination/SetTerminationTimeRequest"
    }
    /// The action of `Subscribe`.
    var subscribeAction: String {
        self == .gt40
            ? "http://docs.oasis-open.org/wsn/2004/06/wsn-WS-BaseNotification/Subscribe"
            : "http://docs.oasis-open.org/wsn/bw-2/NotificationProducer/SubscribeRequest"
    }
    /// The action that asks a delegation factory for a credential.
    var requestSecurityTokenAction: String {
        "\(delegation)/DelegationFactoryPortType/RequestSecurityToken" + (self == .gt40 ? "Request" : "")
    }
    /// The action that exchanges a delegated credential for a newer one.
    var refreshAction: String { "\(delegation)/DelegationPortType/refreshRequest" }
}
