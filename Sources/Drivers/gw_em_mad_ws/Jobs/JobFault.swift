import WebServices

/// Why a job failed, out of the typed and nested faults of WS-GRAM.
enum JobFault {
    /// The first description, else the name of the fault; `nil` when there is no fault in the element.
    static func reason(_ property: XMLElement) -> String? {
        guard let fault = property.children.first(where: { _ in true }) else {
            // Untyped: whatever text there is.
            let text = property.text.singleLine
            return text.isEmpty ? nil : text
        }
        if let words = description(property) { return words }
        return fault.local
    }

    private static func description(_ element: XMLElement) -> String? {
        for child in element.children {
            if child.isNamed("Description") {
                let words = child.text.singleLine
                if !words.isEmpty { return words }
            } else if !child.isNamed("Originator"), let words = description(child) {
                return words
            }
        }
        return nil
    }
}
