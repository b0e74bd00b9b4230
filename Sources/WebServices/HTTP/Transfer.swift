internal import CCurl
import Glibc
import MADKit

/// One request on its way, in the hands of the thread that attends to it.
///
/// Only that thread touches it once it has been handed over, hence `@unchecked Sendable`.
final class Transfer: @unchecked Sendable {
    let number: UInt64
    let request: HTTPRequest
    let check: PeerCheck
    /// Which places it takes.
    let place: Place
    let deadline: ContinuousClock.Instant
    private let answerLimit: Int
    private let continuation: CheckedContinuation<HTTPAnswer, any Error>

    private(set) var easy: UnsafeMutableRawPointer?
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []
    private var isTooLong = false
    private let reason = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(
        number: UInt64, request: HTTPRequest, check: PeerCheck, answerLimit: Int,
        continuation: CheckedContinuation<HTTPAnswer, any Error>
    ) {
        self.number = number
        self.request = request
        self.check = check
        place = Place(authority: request.url.authority, kind: request.kind)
        self.answerLimit = answerLimit
        self.continuation = continuation
        deadline = .now + request.patience
        reason.pointee = 0
    }

    deinit {
        curl_slist_free_all(headers)
        reason.deallocate()
    }

    struct Place: Hashable {
        let authority: String
        let kind: HTTPRequest.Kind
    }

    /// Tells the waiting task; called once.
    func end(_ result: Result<HTTPAnswer, any Error>) {
        continuation.resume(with: result)
    }

    /// Tells libcurl what all requests of a client have in common; once for each of its handles.
    static func configure(_ easy: UnsafeMutableRawPointer, _ trust: Trust) {
        mad_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        mad_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "https")
        mad_curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // Requests are short; the usual 64 kB for each would only tear the heap.
        mad_curl_set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10)
        // Grid services are no matter of the administrator's web proxy.
        mad_curl_set_text(easy, CURLOPT_PROXY, "")
        mad_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT, 30)
        mad_curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        mad_curl_set_long(easy, CURLOPT_POST, 1)
        mad_curl_set_writer(easy) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }

        // The servers' names and certificates are checked by PeerCheck, which knows what GSI allows.
        mad_curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 0)
        mad_curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        mad_curl_set_text(easy, CURLOPT_CAINFO, nil)
        mad_curl_set_text(easy, CURLOPT_CAPATH, nil)
        // Old Java servers cannot stand the empty records with which OpenSSL guards TLS 1.0 against an attack on browsers.
        mad_curl_set_long(easy, CURLOPT_SSL_OPTIONS, Int(CURLSSLOPT_ALLOW_BEAST))
        let oldest = trust.acceptsLegacyTLS ? CURL_SSLVERSION_TLSv1_0 : CURL_SSLVERSION_TLSv1_2
        mad_curl_set_long(easy, CURLOPT_SSLVERSION, Int(oldest))
        mad_curl_set_ssl_context(easy) { _, context, own in
            guard let context, let own else { return CURLE_SSL_CERTPROBLEM }
            let transfer = Unmanaged<Transfer>.fromOpaque(own).takeUnretainedValue()
            return transfer.check.prepare(OpaquePointer(context)) ? CURLE_OK : CURLE_SSL_CERTPROBLEM
        }
    }

    /// Describes the request to libcurl, by a handle that is configured.
    func prepare(_ easy: UnsafeMutableRawPointer) {
        self.easy = easy
        for line in request.headers.map({ "\($0.name): \($0.value)" }) + Transfer.commonHeaders {
            headers = curl_slist_append(headers, line)
        }
        point(easy, to: Unmanaged.passUnretained(self).toOpaque(), reason, headers)
        mad_curl_set_text(easy, CURLOPT_URL, "\(request.url)")
        mad_curl_set_long(easy, CURLOPT_TIMEOUT_MS, max(1, Transfer.milliseconds(until: deadline)))
        mad_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, request.body.utf8.count)
        mad_curl_set_text(easy, CURLOPT_COPYPOSTFIELDS, request.body)
    }

    /// The containers of Globus do not answer `Expect: 100-continue`.
    private static let commonHeaders = ["Expect:", "Accept: text/xml"]

    /// Lets the handle go: it shall not point here any more.
    func leave(_ easy: UnsafeMutableRawPointer) {
        point(easy, to: nil, nil, nil)
        self.easy = nil
    }

    private func point(
        _ easy: UnsafeMutableRawPointer, to own: UnsafeMutableRawPointer?, _ reason: UnsafeMutablePointer<CChar>?,
        _ headers: UnsafeMutablePointer<curl_slist>?
    ) {
        for option in [CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_SSL_CTX_DATA] {
            mad_curl_set_pointer(easy, option, own)
        }
        mad_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, reason)
        mad_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= answerLimit else {
            isTooLong = true
            return false
        }
        // Growing by and by would copy a long answer several times.
        if body.isEmpty { body.reserveCapacity(min(announcedSize, answerLimit)) }
        body += bytes
        return true
    }

    /// What the server says that the answer has; 0 when it does not say.
    private var announcedSize: Int {
        var size: curl_off_t = 0
        mad_curl_get_size(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size)
        return max(0, Int(size))
    }

    /// What came of it.
    func result(_ code: CURLcode) -> Result<HTTPAnswer, any Error> {
        guard code == CURLE_OK else { return .failure(error(code)) }
        var status = 0
        mad_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return .success(HTTPAnswer(status: status, body: body))
    }

    private func error(_ code: CURLcode) -> MADError {
        let server = request.url.authority
        let detail = String(cString: reason).singleLine
        let words = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        if isTooLong { return MADError(.refused, "\(server) sent more than \(answerLimit) bytes") }
        if let refusal = check.refusal { return MADError(.credential, MADError.noConnection + server, cause: refusal) }
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            return MADError(.timedOut, "\(server) did not answer in time", cause: words)
        case CURLE_COULDNT_RESOLVE_HOST:
            return MADError(
                .unreachable, MADError.noConnection + server, cause: "no host is called \(request.url.host)")
        case CURLE_COULDNT_CONNECT:
            return MADError(.unreachable, MADError.noConnection + server, cause: connectionProblem ?? words)
        case CURLE_SSL_CONNECT_ERROR:
            return MADError(.unreachable, MADError.noConnection + server, cause: TLSAdvice.advice(words, check))
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return MADError(.unreachable, "no answer from \(server)", cause: "\(words); it does not speak HTTP")
        default:
            return MADError(.unreachable, "no answer from \(server)", cause: breakOff(code, words))
        }
    }

    /// Why a connection broke that had been made.
    ///
    /// A server of TLS 1.3 that does not accept our certificate says so only behind the handshake, and mostly the
    /// connection is gone before that is heard.
    private func breakOff(_ code: CURLcode, _ words: String) -> String {
        let advice = TLSAdvice.advice(words, check)
        var connections = 0
        mad_curl_get_long(easy, CURLINFO_NUM_CONNECTS, &connections)
        guard advice == words, connections > 0, let identity = check.identity,
            [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING].contains(code)
        else { return advice }
        return "the server broke the connection off; perhaps it does not accept the proxy certificate "
            + "\(identity.path) of \(identity.identity)"
    }

    /// Why no connection could be made, in the system's words.
    private var connectionProblem: String? {
        var number = 0
        mad_curl_get_long(easy, CURLINFO_OS_ERRNO, &number)
        switch Int32(truncatingIfNeeded: number) {
        case 0: return nil
        case ECONNREFUSED: return "nobody listens at port \(request.url.port) of \(request.url.host)"
        case let code: return String(cString: strerror(code))
        }
    }

    /// The request waited too long for its turn.
    var overdue: MADError {
        MADError(
            .timedOut, "\(request.url.authority) did not answer in time", cause: "too many requests are on the way")
    }

    static func milliseconds(until moment: ContinuousClock.Instant) -> Int {
        let (seconds, attoseconds) = (moment - .now).components
        return Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
