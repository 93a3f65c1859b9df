/// What `linnet help` prints.
package enum Help {
    package static var text: String {
        let settings = ([Setting.config] + Setting.all).map { setting in
            let name = "--\(setting.name)\(setting.placeholder.isEmpty ? "" : " \(setting.placeholder)")"
            let padding = String(repeating: " ", count: max(2, 40 - name.count))
            return "  \(name)\(padding)\(setting.help)\(setting.fallback.map { " [\($0)]" } ?? "")"
        }
        return """
            usage: linnet COMMAND [OPTIONS]

              run             runs the agent
              status          what the agent of this host does [--json] [--route URL]
              check-config    reads the configuration and says where each value comes from
              reset           takes back what the agent made [--force]
              version
              help

            All commands take these options. Each is also a key of the configuration file, and a variable:
            --node-name is LINNET_NODE_NAME.

            \(settings.joined(separator: "\n"))

            """
    }
}
