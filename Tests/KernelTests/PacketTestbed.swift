import Glibc
import LinuxSystem
import NetworkNamespaces
import NetworkTypes
import Synchronization

/// A packet loop in a namespace of its own, whose service does what the packets say.
final class PacketTestbed: Sendable {
    typealias Job = @Sendable (inout ObedientService, PacketPorts) -> Void

    let place: TestNamespace
    let thread: LoopThread
    private let jobs: JobQueue

    /// - Parameter mark: the octet that each reply begins with.
    init(_ place: TestNamespace, mark: UInt8 = 0, limits: PacketLimits = PacketLimits()) throws {
        let jobs = JobQueue()
        self.place = place
        self.jobs = jobs
        thread = try LoopThread.start(name: "packets", in: place.namespace, limits: limits) {
            ObedientService(mark: mark, jobs: jobs)
        }
    }

    /// Does something on the loop's thread and waits for it.
    func perform<Result: Sendable>(
        _ body: @escaping @Sendable (inout ObedientService, PacketPorts) -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            jobs.add { service, ports in continuation.resume(returning: body(&service, ports)) }
            thread.wake()
        }
    }

    /// Waits until the service and its sockets are as wanted, or the test's time is over.
    func until(_ isWanted: @escaping @Sendable (ObedientService, PacketPorts) -> Bool) async {
        while await !perform({ service, ports in isWanted(service, ports) }), !Task.isCancelled { await Task.yield() }
    }

    /// A socket of the namespace that nobody serves yet.
    func open(_ transport: PacketTransport, _ address: String, port: UInt16 = 53) throws -> SharedDescriptor {
        let octets = try IPAddress(parsing: address).bytes
        return try place.namespace.run { try PacketPorts.openServer(transport, octets, port: port) }
    }

    /// Serves an address and answers whose socket it is.
    @discardableResult
    func serve(_ transport: PacketTransport, _ address: String, port: UInt16 = 53) async throws -> SharedDescriptor {
        let server = try open(transport, address, port: port)
        await perform { _, ports in ports.serve(server, transport) }
        return server
    }

    /// Has the loop do nothing until the gate is opened.
    func hold() async throws -> Gate {
        let gate = try Gate()
        let (held, isHeld) = AsyncStream.makeStream(of: Void.self)
        jobs.add { _, _ in
            isHeld.finish()
            gate.pass()
        }
        thread.wake()
        for await _ in held {}
        return gate
    }
}

/// What is to be done on the loop's thread.
final class JobQueue: Sendable {
    private let jobs = Mutex<[PacketTestbed.Job]>([])

    func add(_ job: @escaping PacketTestbed.Job) {
        jobs.withLock { $0.append(job) }
    }

    func take() -> [PacketTestbed.Job] {
        jobs.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
    }
}

/// Holds a thread until somebody opens it.
final class Gate: Sendable {
    private let reading: SharedDescriptor
    private let writing: SharedDescriptor

    init() throws {
        var ends: [Int32] = [0, 0]
        _ = try systemCall("socketpair") {
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        }
        reading = SharedDescriptor(adopting: ends[0])
        writing = SharedDescriptor(adopting: ends[1])
    }

    func open() {
        write(writing.rawValue, "x", 1)
    }

    func pass() {
        var byte: UInt8 = 0
        _ = try? systemCall("read") { read(reading.rawValue, &byte, 1) }
    }
}
