import LinuxSystem

// What is no object of netlink.

extension OverlayPass {
    /// Sets right what is not. A setting that the kernel does not have is complained of where that can be helped.
    mutating func correct(_ rules: [SysctlRule]) {
        for rule in rules {
            do throws(SystemCallError) {
                let value = try rule.correction { name throws(SystemCallError) in try kernel.readSysctl(name) }
                guard let value else { continue }
                changes += 1
                try kernel.writeSysctl(value, to: rule.name)
            } catch {
                guard error.errno == .noEntry else {
                    complaints.append("\(error)")
                    continue
                }
                if let remedy = rule.remedy {
                    complaints.append(OverlayError.missingSetting(rule.name, remedy: remedy).description)
                }
            }
        }
    }

    /// Writes the file if it is not there or says something else.
    mutating func write(_ file: PlannedFile) {
        do throws(SystemCallError) {
            guard try !kernel.holds(file) else { return }
            changes += 1
            try kernel.writeFile(file.text, to: file.path)
        } catch {
            unwritable.insert(file.path)
            causes.append(.system(error))
        }
    }

    /// Names the configurations that runtimes would take before ours, and returns them.
    mutating func findRivals(of configuration: OverlayConfiguration) -> [String] {
        let directory = configuration.cniConfigurationDirectory
        do throws(SystemCallError) {
            let rivals = try kernel.rivals(of: configuration)
            complaints += rivals.map { name in
                "container runtimes take \(directory)/\(name) before \(OverlayNames.networkListFile): remove it, or this"
                    + " node's pods are not on our network"
            }
            return rivals
        } catch {
            causes.append(.system(error))
            return []
        }
    }
}
