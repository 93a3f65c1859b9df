/// Something that has metrics. Asked for them whenever somebody reads them, and never otherwise.
package protocol MetricSource: Sendable {
    /// What they are now: soon, since who reads them waits.
    func metrics() async -> [MetricFamily]
}
