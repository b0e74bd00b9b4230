internal import CLibXML2
import MADKit

/// A document from the network or from a file, as libxml2 reads it: no document type, hence no entities of its own, no
/// access to anything outside, no more than 256 levels and the given number of bytes.
final class XMLDocument: @unchecked Sendable {
    // Sendable because nothing is changed after init.
    let table: XMLTable
    /// Where the names are kept that the table points to.
    private let names: xmlDictPtr

    /// Why a document cannot be read.
    struct Failure: Error, CustomStringConvertible {
        /// The line, counted from 1; 0 when no line is to blame.
        let line: Int
        let reason: String

        var description: String { line > 0 ? "line \(line): \(reason)" : reason }
    }

    init(_ bytes: [UInt8], limit: Int) throws(Failure) {
        guard bytes.count <= limit else {
            throw Failure(line: 0, reason: "the document has \(bytes.count) bytes, more than \(limit)")
        }
        guard XMLEncoding.isReadable(bytes) else {
            throw Failure(line: 0, reason: "the document is not in UTF-8, ASCII or Latin-1")
        }
        if let excess = XMLBounds.excess(in: bytes) { throw Failure(line: 0, reason: excess) }
        _ = XMLDocument.library
        guard let context = xmlNewParserCtxt(), let names = context.pointee.dict else {
            throw Failure(line: 0, reason: "libxml2 has no memory")
        }
        defer { xmlFreeParserCtxt(context) }
        let reading = XMLReading(context, bytes: bytes.count)
        // Values are wanted as they are meant; without a document type there are no entities but XML's own five.
        let meant = XML_PARSE_NOENT.rawValue | XML_PARSE_NONET.rawValue
        let options = meant | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        withExtendedLifetime(reading) {
            bytes.withUnsafeBytes { buffer in
                // There is no tree, because the reading builds none.
                _ = xmlCtxtReadMemory(
                    context, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: buffer.count),
                    nil, nil, Int32(options))
            }
        }
        guard !reading.hasDocumentType else {
            throw Failure(line: 0, reason: "the document has a document type (DTD), which is not allowed")
        }
        guard context.pointee.wellFormed != 0, !reading.table.elements.isEmpty else {
            throw XMLDocument.failure(of: context)
        }
        table = reading.table
        xmlDictReference(names)
        self.names = names
    }

    deinit { xmlDictFree(names) }

    /// Readies libxml2 for several threads, once.
    private static let library: Void = xmlInitParser()

    private static func failure(of context: xmlParserCtxtPtr) -> Failure {
        guard let error = xmlCtxtGetLastError(context), let message = error.pointee.message else {
            return Failure(line: 0, reason: "it is empty")
        }
        let text = String(cString: message)
        return Failure(line: Int(error.pointee.line), reason: text.singleLine)
    }
}
