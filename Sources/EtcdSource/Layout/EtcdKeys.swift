/// Where everything is in etcd. Nothing of ours begins with `<prefix>/subnets`, which flannel watches.
package struct EtcdKeys: Hashable, Sendable {
    /// Without a slash at its end: `/coreos.com/network`.
    package let prefix: String

    package init(prefix: String) {
        self.prefix = prefix
    }

    /// The network's configuration.
    package var config: String { "\(prefix)/config" }
    /// What the keys of all leases begin with.
    package var subnets: String { "\(prefix)/subnets/" }
    /// What the keys of all extras begin with.
    package var extras: String { "\(prefix)/linnet/leases/" }
    /// What the keys of all objects begin with.
    package var objects: String { "\(prefix)/objects/" }
    /// What all of these begin with.
    package var everything: String { "\(prefix)/" }

    package func lease(_ key: SubnetKey) -> String { "\(subnets)\(key)" }
    package func extras(of key: SubnetKey) -> String { "\(extras)\(key)" }

    /// The first key after all those that begin with `start`, which ends etcd's ranges.
    static func end(ofKeysBeginningWith start: String) -> [UInt8] {
        var bytes = Array(start.utf8)
        while let last = bytes.popLast() {
            if last < 0xff { return bytes + [last + 1] }
        }
        // All keys there are.
        return [0]
    }
}
