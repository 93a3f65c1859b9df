package import DNSWire
import LinuxSystem
package import NetworkTypes
package import Supervision

/// Finds the addresses of names as a stub resolver of the node does: on its own, whether cluster DNS runs here or not.
package struct NameLookup: Sendable {
    private let file: ResolverFile
    private let trust = UpstreamTrust(authorityFile: nil)
    private let home: OwnZones
    private let clusterServers: [Upstream]
    private let asker: CapabilityName

    /// - Parameters:
    ///   - nameServers: those that are asked for names outside the cluster, as they are when somebody asks.
    ///   - clusterServers: where names in the cluster's domain are asked, and no others.
    ///   - asker: the capability that asks. Its name is on the threads: what brings one down is laid to its charge.
    package init(
        nameServers: NameServerChoice,
        clusterDomain: DNSName,
        clusterServers: [IPAddress],
        for asker: CapabilityName = .clusterDNS
    ) {
        file = ResolverFile(choice: nameServers, own: Set(clusterServers))
        home = OwnZones(cluster: clusterDomain)
        self.asker = asker
        self.clusterServers = clusterServers.map { Upstream($0) }
    }

    /// Asks for the addresses of both families, for at most twenty seconds. Each call has a thread of its own as long as it
    /// takes. A task that is cancelled gets `failed` at once.
    ///
    /// - Parameter name: absolute, with a final dot or without; an address is no name.
    package func addresses(of name: String) async -> LookupAnswer {
        if (try? IPAddress(parsing: name)) != nil { return .failed(reason: "'\(name)' is an address, not a name") }
        do throws(DNSNameError) {
            return await answer(to: AddressLookup(try DNSName(parsing: name), of: servers()))
        } catch {
            return .failed(reason: "\(error)")
        }
    }

    /// Those of this moment.
    private func servers() -> LookupServers {
        trust.change(to: file.choice.current.authorityFile)
        do throws(SystemCallError) {
            let (configuration, path) = try file.read()
            let complaint = configuration.complaint(in: path)
            return LookupServers(
                cluster: clusterServers,
                others: configuration.upstreams,
                complaint: complaint,
                home: home
            )
        } catch {
            return LookupServers(cluster: clusterServers, others: [], complaint: "\(error)", home: home)
        }
    }

    private func answer(to lookup: AddressLookup) async -> LookupAnswer {
        let (answers, given) = AsyncStream.makeStream(of: LookupAnswer.self, bufferingPolicy: .bufferingOldest(1))
        let mailbox = Mailbox<[SecureOutcome]>([])
        let secure = SecureTransport(trust) { outcome in
            mailbox.put { $0.append(outcome) }
        } noting: { _, _ in
        }
        let thread: LoopThread
        do throws(SystemCallError) {
            thread = try LoopThread.start(name: asker.threadName) {
                LookupService(lookup, over: secure, mailbox) { given.yield($0) }
            }
        } catch {
            return .failed(reason: "\(error)")
        }
        mailbox.attach(thread)
        // For what came before the mailbox knew whom to wake.
        mailbox.wake()
        let answer = await answers.first { _ in true }
        await thread.stop()
        await secure.stop()
        return answer ?? .failed(reason: "nobody waits for the answer any more")
    }
}
