import Foundation

/// A program that resolves names in a pod as its resolv.conf says.
enum StubResolver: String, Sendable, CaseIterable {
    /// getaddrinfo and getnameinfo of the two C libraries.
    case glibc, musl
    /// BusyBox's nslookup, which has a resolver of its own.
    case busybox
    /// BIND's tools.
    case dig, host, nslookup
    /// Knot's tools, which know no search list.
    case kdig, khost
    /// Python's socket module, which asks the C library, and the package dnspython, which does not.
    case python, dnspython
    /// getaddrinfo of glibc that asks systemd-resolved.
    case resolved

    /// Whether a name has to be whole for it.
    var searchesNothing: Bool { self == .kdig || self == .khost }

    /// What asks for a name's addresses of a type, `A` or `AAAA`, or for the name of an address: `PTR`.
    ///
    /// - Parameter kit: the folder of the programs that are made for this.
    func command(_ name: String, _ type: String, kit: URL) -> [String] {
        let isReverse = type == "PTR"
        let family = type == "AAAA" ? "6" : "4"
        let library = { (program: String) in
            [kit.appendingPathComponent(program).path] + (isReverse ? ["-x", name] : [name, family])
        }
        return switch self {
        case .glibc, .resolved: library("resolve-glibc")
        case .musl: library("resolve-musl")
        case .busybox: ["busybox", "nslookup"] + (isReverse ? [name] : ["-type=\(type)", name])
        case .dig: ["dig", "+search", "+short"] + (isReverse ? ["-x", name] : [name, type])
        case .host, .khost: [rawValue] + (isReverse ? [name] : ["-t", type, name])
        case .nslookup: ["nslookup"] + (isReverse ? [name] : ["-type=\(type)", name])
        case .kdig: ["kdig", "+short"] + (isReverse ? ["-x", name] : [name, type])
        case .python: ["/usr/bin/python3", "-c", Self.pythonScript, name, type]
        case .dnspython: ["/usr/bin/python3", "-c", Self.dnspythonScript, name, type]
        }
    }

    private static let pythonScript = """
        import socket, sys
        name, type = sys.argv[1:]
        if type == "PTR":
            print(socket.getnameinfo((name, 0), socket.NI_NAMEREQD)[0])
        else:
            family = socket.AF_INET6 if type == "AAAA" else socket.AF_INET
            for found in socket.getaddrinfo(name, None, family, socket.SOCK_STREAM): print(found[4][0])
        """

    private static let dnspythonScript = """
        import dns.resolver, sys
        name, type = sys.argv[1:]
        if type == "PTR":
            found = dns.resolver.resolve_address(name)
        else:
            found = dns.resolver.resolve(name, type, search=True)
        for record in found: print(record.to_text())
        """
}

/// What stub resolvers need in a pod: the files that kubelet and image would bring, and programs made of the C source that
/// the demo has too.
struct StubResolverKit: Sendable {
    let folder: URL
    private let servers: [String]
    static let search = ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"]

    /// Writes the files and compiles the programs.
    ///
    /// - Parameter servers: cluster DNS.
    init(in folder: URL, servers: [String]) async throws {
        self.folder = folder
        self.servers = servers
        try write(Self.resolverFile(servers), to: "resolv.conf")
        try write(Self.resolverFile(["127.0.0.53"]), to: "resolv.conf.resolved")
        try write("hosts: dns\n", to: "nsswitch.conf")
        let settings =
            "[Resolve]\nDNS=\(servers.joined(separator: " "))\nDomains=\(Self.search.joined(separator: " "))\n"
            + "LLMNR=no\nMulticastDNS=no\nDNSSEC=no\n"
        try write(settings, to: "resolved.conf")
        try write(try String(contentsOfFile: "/etc/passwd", encoding: .utf8) + Self.account, to: "passwd")
        let source = Programs.repository.appendingPathComponent("Packaging/lib/resolve.c").path
        for (compiler, program) in [(["cc"], "resolve-glibc"), (["musl-gcc", "-static"], "resolve-musl")] {
            try await Tool.output(compiler + ["-o", path(program), source])
        }
    }

    /// As kubelet writes it for a pod of the namespace default.
    private static func resolverFile(_ servers: [String]) -> String {
        "search \(search.joined(separator: " "))\n" + servers.map { "nameserver \($0)\n" }.joined()
            + "options ndots:5\n"
    }

    /// The user that systemd-resolved wants to be; where its package is installed, there is one of the name already.
    private static let account = "systemd-resolve:x:64999:64999::/:/usr/sbin/nologin\n"

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    /// Asks in a pod. What the program prints, and whether it found anything.
    func ask(_ resolver: StubResolver, _ name: String, _ type: String, in pod: Pod) async throws -> ToolResult {
        let file = path(resolver == .resolved ? "resolv.conf.resolved" : "resolv.conf")
        let script = "mount --bind \(file) /etc/resolv.conf && mount --bind \(path("nsswitch.conf")) /etc/nsswitch.conf"
        let command = resolver.command(name, type, kit: folder)
        return try await pod.run(["unshare", "--mount", "sh", "-c", "\(script) && exec \"$@\"", "sh"] + command)
    }

    /// Starts systemd-resolved in a pod, with a /run of its own; it answers on 127.0.0.53 there.
    ///
    /// - Parameter program: its path.
    func startResolved(_ program: String, in pod: Pod) throws -> Monitor {
        let script = """
            mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/resolved.conf.d &&
            cp \(path("resolved.conf")) /run/systemd/resolved.conf.d/test.conf &&
            mount --bind \(path("passwd")) /etc/passwd && exec \(program)
            """
        return try Monitor(["unshare", "--mount", "sh", "-c", script], in: pod.namespace, on: pod.node)
    }
}
