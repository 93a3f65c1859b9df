internal import CLinux

/// The machine's log as syslog(3) reaches it, for a program whose streams are another's protocol.
package enum SystemLog {
    /// Leaves a warning there under the program's name. Without a log it is lost: nobody waits for it.
    package static func warn(_ text: String) {
        unsafe linnet_log_warning(text)
    }
}
