//! The server as a client sees it: every rule of PROTOCOL.md by name, and every fault to the byte.
#![forbid(unsafe_code)]

mod account;
#[cfg(feature = "studio")]
mod agent;
mod audit;
mod chat;
mod clock;
mod crash;
mod export;
mod faults;
mod faults_answers;
mod faults_kinds;
mod faults_programs;
mod faults_seen;
mod faults_swept;
mod files;
mod http;
mod job;
mod journal;
mod keep;
mod life;
mod streams;
#[cfg(feature = "studio")]
mod studio;
mod upload;
mod user;
mod variants;
mod verdict;
