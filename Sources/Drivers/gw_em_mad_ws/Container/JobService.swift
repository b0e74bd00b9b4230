import MADKit
import WebServices

/// The services of WS-GRAM in a container, in one dialect.
struct JobService: Sendable {
    let soap: SOAPClient
    let dialect: Dialect

    private var resources: ResourceClient { ResourceClient(soap, dialect) }

    /// A job that was created.
    struct Creation: Sendable {
        let ticket: JobTicket
        /// Where the subscription can be ended that was made with it.
        let subscription: EndpointReference?
    }

    /// Creates a job. The same `identifier` again gives the same job, which makes repeating safe.
    /// - Parameters:
    ///   - expiry: when the container may forget the job, in seconds since 1970.
    ///   - subscription: who wants to be told of its states.
    func create(
        _ description: String, identifier: UUID, expiry: Int, subscription: Subscription?,
        at factory: EndpointReference, patience: Duration
    ) async throws -> Creation {
        var body = XMLText()
        body.element("c:createManagedJob", ["xmlns:c": dialect.job]) { text in
            text.element("c:InitialTerminationTime", [:], XMLTime.text(expiry))
            text.element("c:JobID", [:], "uuid:\(identifier)")
            if let subscription { text.verbatim(subscription.element(dialect)) }
            text.verbatim(description)
        }
        let answer = try await soap.call(
            SOAPMessage(
                to: factory, action: "\(dialect.job)/ManagedJobFactoryPortType/createManagedJobRequest",
                dialect: dialect, body: body.description, kind: .bulk, patience: patience))
        guard let endpoint = answer.child("managedJobEndpoint").flatMap({ EndpointReference($0) }),
            let key = endpoint.reference("ResourceID"), !key.isEmpty
        else { throw MADError(.refused, "\(factory.address) does not tell where the job is") }
        return Creation(
            ticket: JobTicket(address: endpoint.address, identifier: key, dialect: dialect),
            subscription: answer.child("subscriptionEndpoint").flatMap { EndpointReference($0) })
    }

    /// Asks a job that runs to tell of its states.
    func subscribe(_ subscription: Subscription, to job: EndpointReference, patience: Duration) async throws
        -> EndpointReference?
    {
        try await resources.subscribe(subscription, to: job, patience: patience)
    }

    /// Ends a subscription (4.0; that of GT 4.2 ends with its job).
    func unsubscribe(_ subscription: EndpointReference) async throws {
        try await resources.destroy(subscription)
    }

    private static let stateQuestion40 = stateQuestion(.gt40)
    private static let stateQuestion42 = stateQuestion(.gt42)

    private static func stateQuestion(_ dialect: Dialect) -> PropertiesQuestion {
        PropertiesQuestion(
            [
                XMLName(dialect.jobTypes, "state"), XMLName(dialect.jobTypes, "holding"),
                XMLName(dialect.jobFaults, "fault"), XMLName(dialect.jobTypes, "exitCode"),
            ], dialect)
    }

    /// Asks for the state of a job.
    func report(of job: EndpointReference, patience: Duration) async throws -> JobReport {
        let question = dialect == .gt40 ? JobService.stateQuestion40 : JobService.stateQuestion42
        return try JobService.report(try await resources.properties(question, of: job, patience: patience))
    }

    /// Reads the properties of a job, in whatever order and number they come.
    static func report(_ properties: [XMLElement]) throws(MADError) -> JobReport {
        guard let word = properties.first(where: { $0.isNamed("state") && !$0.isNil })?.trimmedText,
            let state = GRAMState(rawValue: word)
        else { throw MADError(.refused, "the container does not tell the state of the job") }
        let code = properties.first { $0.isNamed("exitCode") && !$0.isNil }.flatMap { Int($0.trimmedText) }
        let fault = properties.lazy.filter { $0.isNamed("fault") && !$0.isNil }.compactMap { JobFault.reason($0) }.first
        return JobReport(state: state, exitCode: code, fault: fault)
    }

    /// Where the credential is that was delegated for a job.
    func credential(of job: EndpointReference, patience: Duration) async throws -> EndpointReference? {
        try await resources.property(
            XMLName(dialect.jobDescription, "serviceLevelAgreement"), of: job, patience: patience
        ).lazy.compactMap { $0.first("jobCredentialEndpoint") }.first.flatMap { EndpointReference($0) }
    }

    /// Ends a job, or what is left of it when it is over, and has the container forget it.
    /// - Parameter isWithCredentials: the credentials delegated for it end with it (4.2 only; 4.0 cannot).
    /// - Returns: false when its end will only follow. 4.0 answers when it is over, perhaps after minutes.
    func end(_ job: EndpointReference, isWithCredentials: Bool, patience: Duration) async throws -> Bool {
        guard dialect == .gt42 else {
            try await resources.destroy(job, patience: patience)
            return true
        }
        var body = XMLText()
        body.element("t:terminate", ["xmlns:t": "\(dialect.job)/terminate"]) { text in
            text.element("t:destroyAfterCleanup", [:], "true")
            text.element("t:continueNotifying", [:], "false")
            text.element("t:destroyDelegatedCredentials", [:], isWithCredentials ? "true" : "false")
        }
        let message = SOAPMessage(
            to: job, action: "\(dialect.job)/terminate", dialect: dialect, body: body.description, patience: patience)
        let answer: XMLElement
        do {
            answer = try await soap.call(message)
        } catch let fault as SOAPFault where fault.types.isEmpty && fault.text.isEmpty {
            // A job that is gone is answered with a fault whose type got lost (seen with GT 4.2): ask for its state, of
            // which the container says clearly that it has none.
            _ = try await report(of: job, patience: patience)
            throw fault
        }
        return answer.first("terminationCompleted")?.trimmedText == "true"
    }

    /// Sets when the container may forget a job.
    func keep(_ job: EndpointReference, until expiry: Int) async throws {
        try await resources.setTerminationTime(expiry, of: job)
    }

    /// Where credentials for the jobs of a factory are delegated to.
    func delegationFactory(of factory: EndpointReference, patience: Duration) async throws -> EndpointReference {
        let names = ["delegationFactoryEndpoint", "stagingDelegationFactoryEndpoint"]
        let found = try await resources.properties(
            PropertiesQuestion(names.map { XMLName(dialect.job, $0) }, dialect), of: factory, patience: patience)
        guard let element = found.first(where: { $0.isNamed(names[0]) }) ?? found.first,
            let endpoint = EndpointReference(element)
        else { throw MADError(.refused, "\(factory.address) names no delegation service") }
        return endpoint
    }

    /// What a container has to say to a dialect.
    enum Understanding { case speaks, unclear, refuses }

    /// Whether a container speaks this dialect: a question that its factory can answer in this one alone.
    /// - Throws: what says nothing about dialects: no answer, or no permission.
    func understanding(of factory: EndpointReference, patience: Duration) async throws -> Understanding {
        do {
            let found = try await resources.property(
                XMLName(dialect.job, "localResourceManager"), of: factory, patience: patience)
            return found.isEmpty ? .unclear : .speaks
        } catch let fault as SOAPFault {
            guard !fault.isAuthorizationRefused else { throw fault }
            // A fault in a dialect's own terms was made by one who speaks it.
            let own = [dialect.properties, dialect.faults, "http://docs.oasis-open.org/wsrf/r-2"]
            if fault.types.contains(where: { own.contains($0.namespace) }) { return .speaks }
            return fault.isResourceUnknown ? .unclear : .refuses
        }
    }
}
