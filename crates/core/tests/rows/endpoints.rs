//! Section "Endpoints": the requests to the letter, the answers in every shape.

mod account;
mod download;
mod export;
mod export_status;
mod session;
mod upload;
