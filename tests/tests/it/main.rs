//! The whole, tested from outside: every scenario runs through both adapters against the fake backend, and both must
//! have said the same on the wire, byte for byte, and the same to whoever watched.
#![forbid(unsafe_code)]

mod adapter;
mod clock;
mod concurrency;
mod examples;
mod hostile;
mod proxy;
mod scenarios;
mod sweep;
mod world;
