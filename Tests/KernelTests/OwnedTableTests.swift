import LinuxSystem
import NetworkNamespaces
import Nftables
import NodeRuleset
import Testing

/// A table that belongs to a process: the kernel lets nobody else write it.
@Suite(.timeLimit(.minutes(1))) struct OwnedTableTests {
    /// Its commands come by a pipe that it keeps open itself.
    private static let script = """
        cd "$(mktemp -d)" && mkfifo commands && exec 3<>commands && rm -r "$PWD" || exit 1
        echo 'add table inet linnet { flags owner; }' >&3
        exec nft -i <&3
        """

    @Test func `a table of another process is refused by the name of that`() async throws {
        let host = try TestNamespace("host")
        let monitor = try NftablesMonitor.open(in: host.namespace)
        let socket = try NftablesSocket.open(in: host.namespace)
        let owner = try host.start(["sh", "-c", Self.script])
        for await _ in monitor.readiness() where try socket.exists(.linnet) { break }
        let error = #expect(throws: NftablesError.self) {
            try host.namespace.run { try socket.commit(Transaction(.linnet, [.createChain(Chain("ours"))])) }
        }
        let text = try #require(error).description
        #expect(text.contains("process \(owner.processID) (nft, user 0) has the table for itself"), "\(text)")
        #expect(!text.contains("CAP_NET_ADMIN"), "\(text)")
        #expect(try #require(error).isForbidden)
    }
}
