import ClusterState

extension AnnotationReader {
    /// The annotations of an object that have Traefik's prefix, one after the other in the order of their names.
    struct Lines {
        private let object: ObjectKey
        private var rest: ArraySlice<(key: String, value: String)>
        /// The one that is being read.
        private var key = ""
        private(set) var complaints: [RuleComplaint] = []

        init(_ object: ObjectKey, _ annotations: [String: String]) {
            self.object = object
            let own = annotations.filter { $0.key.hasPrefix(prefix) }
            rest = own.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }[...]
        }

        /// The next name, without the prefix and in lower case, and the value without blanks around it.
        mutating func next() -> (name: String, value: String)? {
            guard let line = rest.popFirst() else { return nil }
            key = line.key
            return (String(line.key.dropFirst(prefix.count)).lowercased(), line.value.trimmed)
        }

        mutating func complain(_ message: String) { complaints.append(RuleComplaint(object, at: key, message)) }

        mutating func complainOfUnknown(_ name: String, of own: String) {
            let other = own == "router" ? "service" : "router"
            if name.hasPrefix("\(other).") {
                let owner = other == "service" ? "the Service" : "the Ingress"
                complain("this annotation is for \(owner) and does nothing here; move it there")
            } else {
                complain("Linnet does not know this annotation and ignores it; remove it, or correct its name")
            }
        }

        /// A truth value as Go reads it; nil, with a complaint, if it is none.
        mutating func flag(_ text: String) -> Bool? {
            switch text {
            case "1", "t", "T", "true", "TRUE", "True": return true
            case "0", "f", "F", "false", "FALSE", "False": return false
            default:
                complain("'\(text)' is neither true nor false; write \"true\" or \"false\"")
                return nil
            }
        }

        mutating func entryPoints(_ text: String) -> Set<EntryPoint> {
            let names = text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
            for name in names where EntryPoint(rawValue: name) == nil {
                complain("there is no entry point '\(name)'; write web, websecure or both")
            }
            return names.isEmpty ? Set(EntryPoint.allCases) : Set(names.compactMap { EntryPoint(rawValue: $0) })
        }

        /// What cannot be read counts as true: a typing error must not open a route to plain HTTP.
        mutating func requiresTLS(_ text: String) -> Bool { flag(text) ?? true }

        /// Nil for zero, which is Traefik's word for no priority.
        mutating func priority(_ text: String) -> Int? {
            guard let number = Int(text) else {
                complain("'\(text)' is no whole number; the rules decide the order")
                return nil
            }
            return number == 0 ? nil : number
        }

        mutating func pathMatch(_ text: String) -> IngressAnnotations.PathMatch {
            if let match = IngressAnnotations.PathMatch(rawValue: text) { return match }
            complain("paths are compared by Path or PathPrefix, not by '\(text)'; they are taken for prefixes")
            return .prefix
        }

        mutating func scheme(_ text: String) -> BackendScheme? {
            if let scheme = BackendScheme(rawValue: text) { return scheme }
            complain("backends are spoken to by http, https or h2c, not by '\(text)'; write one of these")
            return nil
        }
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
