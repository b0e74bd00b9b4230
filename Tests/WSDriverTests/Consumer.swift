import Foundation
import TestSupport

/// What a driver told a container about where to send notifications of a job, out of the recorded request.
struct Consumer {
    let url: String
    let key: String
    let gt: String

    /// Reads the last subscription in a directory of recorded requests.
    init?(recordedIn directory: TemporaryDirectory, gt: String, operation: String = "createManagedJob") throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            .filter { $0.hasSuffix(".\(operation).xml") }.sorted()
        guard let name = names.last,
            let subscription = try directory.read(name).firstMatch(
                of: /<n:ConsumerReference>.*<\/n:ConsumerReference>/),
            let url = subscription.output.firstMatch(of: /Address>(https:[^<]*)</),
            let key = subscription.output.firstMatch(of: /NotificationConsumerKey[^>]*>([^<]*)</)
        else { return nil }
        self.url = String(url.output.1)
        self.key = String(key.output.1)
        self.gt = gt
    }

    /// The port in the address.
    var port: Int { URLComponents(string: url)?.port ?? 0 }

    /// A notification as the containers of Globus write them.
    func notification(_ state: String, exitCode: Int = 0, key: String? = nil) -> String {
        let job = "http://www.globus.org/namespaces/\(gt == "4.0" ? "2004/10" : "2008/03")/gram/job"
        let space =
            gt == "4.0"
            ? "http://docs.oasis-open.org/wsn/2004/06/wsn-WS-BaseNotification-1.2-draft-01.xsd"
            : "http://docs.oasis-open.org/wsn/b-2"
        return """
            <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header>\
            <k:NotificationConsumerKey xmlns:k="http://www.globus.org/namespaces/2004/06/core">\(key ?? self.key)\
            </k:NotificationConsumerKey></soapenv:Header><soapenv:Body><Notify xmlns="\(space)"><NotificationMessage>\
            <Message><j:stateChangeNotificationMessage xmlns:j="\(job)"><t:state xmlns:t="\(job)/types">\(state)</t:state>\
            <t:exitCode xmlns:t="\(job)/types">\(exitCode)</t:exitCode></j:stateChangeNotificationMessage></Message>\
            </NotificationMessage></Notify></soapenv:Body></soapenv:Envelope>
            """
    }

    /// Sends something with curl; the status of the answer, "000" when there is none.
    func post(_ text: String, _ options: String, from folder: TemporaryDirectory) async throws -> String {
        let file = try folder.write("\(UUID().uuidString).xml", text)
        return try await Shell.run(
            "curl -sS -k -m 30 -o /dev/null -w '%{http_code}' -H 'Content-Type: text/xml' --data-binary '@\(file)' "
                + "\(options) '\(url)' 2>/dev/null || true")
    }
}
