//! What is in memory stays out of core files: tokens and keys are in there.

use std::io;

/// Sees to it that no crash of this process, and of none that it starts, writes memory to disk. On Linux no other process
/// of the same user can read its memory or attach to it from then on; a debugger needs root, or has to start it.
///
/// # Errors
/// The system does not allow it.
pub fn forbid() -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    }
    // A core_pattern that is a program gets its dump whatever the limit says (core(5)).
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}
