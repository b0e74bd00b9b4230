internal import CLibXML2
import MADKit
import Synchronization

/// A document from the network or from a file, as libxml2 reads it: no document type, hence no entities of its own, no
/// access to anything outside, no more than 256 levels and the given number of bytes.
final class XMLDocument: @unchecked Sendable {
    // Sendable because the tree is never changed after init, and libxml2 only reads it then.
    fileprivate let tree: xmlDocPtr
    let root: xmlNodePtr

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
        guard let context = xmlNewParserCtxt() else { throw Failure(line: 0, reason: "libxml2 has no memory") }
        defer { xmlFreeParserCtxt(context) }
        // A document type is where entity bombs and external entities live; SOAP forbids it anyway.
        context.pointee.sax.pointee.internalSubset = { context, _, _, _ in
            let context = context?.assumingMemoryBound(to: xmlParserCtxt.self)
            context?.pointee._private = UnsafeMutableRawPointer(bitPattern: 1)
            xmlStopParser(context)
        }
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        let tree = bytes.withUnsafeBytes { buffer in
            xmlCtxtReadMemory(
                context, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: buffer.count), nil,
                nil, Int32(options))
        }
        guard context.pointee._private == nil else {
            if let tree { xmlFreeDoc(tree) }
            throw Failure(line: 0, reason: "the document has a document type (DTD), which is not allowed")
        }
        guard let tree, let root = xmlDocGetRootElement(tree) else {
            if let tree { xmlFreeDoc(tree) }
            throw XMLDocument.failure(of: context)
        }
        self.tree = tree
        self.root = root
    }

    deinit { xmlFreeDoc(tree) }

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
