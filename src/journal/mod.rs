//! Memory on disk: operation files and the inventory cache.
