//! Servers that mean harm, and servers that only break: no secret gets out, nothing grows without bound, and nobody is led astray.

#[cfg(target_os = "linux")]
mod bounds;
mod canary;
mod search;
mod stand;
mod told;
mod urls;
