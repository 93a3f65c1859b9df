import ClusterState
import YAML

extension Ingress {
    init(_ fields: Fields, _ metadata: ObjectMetadata) throws(ObjectError) {
        self.init(metadata: metadata)
        let spec = try fields.required("spec", Fields.fields)
        className =
            try spec.optional("ingressClassName", Fields.string) ?? metadata.annotations[Self.legacyClassAnnotation]
        defaultBackend = try spec.optional("defaultBackend", Fields.fields).map { backend throws(ObjectError) in
            try IngressBackend(backend)
        }
        for rule in try spec.elements("rules") { rules.append(try IngressRule(rule)) }
        for entry in try spec.elements("tls") {
            tls.append(
                IngressTLS(
                    hosts: try entry.list("hosts", Fields.string),
                    secretName: try entry.optional("secretName", Fields.string)
                )
            )
        }
        loadBalancerIngress = try fields.loadBalancerIngress()
    }
}

extension IngressRule {
    init(_ fields: Fields) throws(ObjectError) {
        let host = try fields.optional("host", Fields.string)
        self.init(host: host?.isEmpty == true ? nil : host, paths: [])
        guard let http = try fields.optional("http", Fields.fields) else { return }
        for path in try http.elements("paths") { paths.append(try IngressPath(path)) }
    }
}

extension IngressPath {
    init(_ fields: Fields) throws(ObjectError) {
        let match = try fields.required("pathType", Fields.word(Match.self))
        let path = try fields.optional("path", Fields.string) ?? ""
        guard path.hasPrefix("/") || (path.isEmpty && match == .implementationSpecific) else {
            throw fields.error("path", "'\(path)' does not begin with '/'")
        }
        self.init(
            path: path,
            match: match,
            backend: try IngressBackend(fields.required("backend", Fields.fields))
        )
    }
}

extension IngressBackend {
    init(_ fields: Fields) throws(ObjectError) {
        if let resource = try fields.optional("resource", Fields.fields) {
            self = .resource(
                kind: try resource.required("kind", Fields.string),
                name: try resource.required("name", Fields.string)
            )
            return
        }
        let service = try fields.required("service", Fields.fields)
        let port = try service.required("port", Fields.fields)
        let name = try service.required("name", Fields.string)
        if let number = try port.optional("number", Fields.optionalPort) ?? nil {
            self = .service(name: name, port: .number(number))
        } else {
            self = .service(name: name, port: .name(try port.required("name", Fields.string)))
        }
    }
}

extension IngressClass {
    init(_ fields: Fields, _ metadata: ObjectMetadata) throws(ObjectError) {
        let spec = try fields.required("spec", Fields.fields)
        self.init(metadata: metadata, controller: try spec.required("controller", Fields.string))
    }
}

extension Middleware {
    init(_ fields: Fields, _ metadata: ObjectMetadata) throws(ObjectError) {
        self.init(metadata: metadata, spec: try fields.optional("spec", Fields.structured) ?? .object([:]))
    }
}

extension Fields {
    /// A value of any form.
    static func structured(_ node: YAMLNode, _ path: String) throws(ObjectError) -> StructuredValue {
        switch node.content {
        case .sequence(let elements):
            return .array(try elements.map { element throws(ObjectError) in try structured(element, path) })
        case .mapping(let members):
            var object: [String: StructuredValue] = [:]
            for member in members { object[member.key] = try structured(member.value, "\(path).\(member.key)") }
            return .object(object)
        case .scalar(let scalar):
            if scalar.isNull { return .null }
            if let boolean = scalar.boolean { return .boolean(boolean) }
            if let integer = scalar.integer { return .integer(integer) }
            if let number = scalar.number { return .number(number) }
            return .string(scalar.text)
        }
    }
}
