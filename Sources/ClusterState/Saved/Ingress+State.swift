extension IngressBackend: StateCodable {
    static var blank: IngressBackend { .resource(kind: "", name: "") }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        var port: PortReference? = if case .service(_, let port) = self { port } else { nil }
        var (kind, name) =
            switch self {
            case .service(let name, _): ("", name)
            case .resource(let kind, let name): (kind, name)
            }
        try coder.code(&port)
        if port == nil { try coder.code(&kind) }
        try coder.code(&name)
        self = port.map { .service(name: name, port: $0) } ?? .resource(kind: kind, name: name)
    }
}

extension IngressPath: StateCodable {
    static var blank: IngressPath { IngressPath(path: "", match: .exact, backend: .blank) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&path)
        try coder.code(choice: &match)
        try coder.code(&backend)
    }
}

extension IngressRule: StateCodable {
    static var blank: IngressRule { IngressRule(host: nil, paths: []) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&host)
        try coder.code(&paths)
    }
}

extension IngressTLS: StateCodable {
    static var blank: IngressTLS { IngressTLS(hosts: [], secretName: nil) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&hosts)
        try coder.code(&secretName)
    }
}

extension Ingress: StateCodable {
    static var blank: Ingress { Ingress(metadata: .blank) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&metadata)
        try coder.code(&className)
        try coder.code(&defaultBackend)
        try coder.code(&rules)
        try coder.code(&tls)
        try coder.code(&loadBalancerIngress)
    }
}

extension IngressClass: StateCodable {
    static var blank: IngressClass { IngressClass(metadata: .blank, controller: "") }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&metadata)
        try coder.code(&controller)
    }
}

extension Middleware: StateCodable {
    static var blank: Middleware { Middleware(metadata: .blank, spec: .null) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&metadata)
        try coder.code(&spec)
    }
}
