import Netlink

/// What the runtime says in environment variables, validated.
package struct CNIEnvironment: Hashable, Sendable {
    package let command: CNICommand
    /// There for ADD, DEL and CHECK.
    package let attachment: CNIAttachment?
    /// The file that stands for the container's network namespace. There for ADD and CHECK; DEL may lack it.
    package let namespace: String?
    /// `CNI_ARGS`, later ones last.
    package let arguments: [String: String]

    /// - Parameter variables: all of the environment.
    package init(_ variables: [String: String]) throws(CNIError) {
        command = try Self.command(variables)
        guard command.concernsAttachment else {
            attachment = nil
            namespace = nil
            arguments = [:]
            return
        }
        let needed = ["CNI_CONTAINERID", "CNI_IFNAME"] + (command == .delete ? [] : ["CNI_NETNS"])
        let missing = needed.filter { variables[$0, default: ""].isEmpty }
        guard missing.isEmpty else {
            throw CNIError(.invalidEnvironment, "\(missing.joined(separator: ", ")) missing for \(command.rawValue)")
        }
        let container = variables["CNI_CONTAINERID", default: ""]
        guard let id = ContainerID(rawValue: container) else {
            throw CNIError(
                .invalidEnvironment,
                "CNI_CONTAINERID '\(container)' is no container ID",
                details: CNIPattern.words
            )
        }
        let name = try Self.interface(variables["CNI_IFNAME", default: ""])
        attachment = CNIAttachment(container: id, interface: name)
        namespace = variables["CNI_NETNS"].flatMap { $0.isEmpty ? nil : $0 }
        arguments = try Self.arguments(variables["CNI_ARGS", default: ""])
    }

    private static func command(_ variables: [String: String]) throws(CNIError) -> CNICommand {
        guard let name = variables["CNI_COMMAND"], !name.isEmpty else {
            throw CNIError(
                .invalidEnvironment,
                "CNI_COMMAND missing",
                details: "linnet-cni is called by container runtimes, not by hand"
            )
        }
        guard let command = CNICommand(rawValue: name) else {
            let known = CNICommand.allCases.map(\.rawValue).joined(separator: ", ")
            throw CNIError(.invalidEnvironment, "CNI_COMMAND '\(name)' is unknown", details: "known are \(known)")
        }
        return command
    }

    private static func interface(_ text: String) throws(CNIError) -> LinkName {
        do {
            return try LinkName(validating: text)
        } catch {
            throw CNIError(.invalidEnvironment, "CNI_IFNAME: \(error)")
        }
    }

    private static func arguments(_ text: String) throws(CNIError) -> [String: String] {
        var arguments: [String: String] = [:]
        for pair in text.split(separator: ";") {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw CNIError(
                    .invalidEnvironment,
                    "CNI_ARGS has '\(pair)' in it",
                    details: "write KEY=VALUE pairs with ';' between them"
                )
            }
            arguments[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
        }
        return arguments
    }
}
