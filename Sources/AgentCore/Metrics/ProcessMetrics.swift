import LinuxSystem
import Metrics

/// The process, under the names that Prometheus' own client libraries have.
struct ProcessMetrics: MetricSource {
    /// When it started, in seconds since 1970. Found once: the wall clock may be set later.
    private let start: Double?

    init() {
        start = ProcessUsage.current().map { usage in
            SystemTime.now() - (SystemTime.sinceBoot() / .seconds(1) - usage.start)
        }
    }

    func metrics() async -> [MetricFamily] {
        var families: [MetricFamily] = []
        func add(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: Double) {
            families.append(MetricFamily(name, kind, help, value))
        }
        if let usage = ProcessUsage.current() {
            let seconds = usage.processorSeconds
            add("process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.", seconds)
            add("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", Double(usage.residentBytes))
            add("process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.", Double(usage.virtualBytes))
        }
        if let descriptors = ProcessUsage.descriptors() {
            add("process_open_fds", .gauge, "Number of open file descriptors.", Double(descriptors.open))
            add("process_max_fds", .gauge, "Maximum number of open file descriptors.", Double(descriptors.limit))
        }
        if let start {
            add("process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.", start)
        }
        return families
    }
}
