//! What a user meets, through both adapters.

mod account;
mod broken_chat;
mod chat;
mod download;
mod input;
mod job;
mod refusals;
mod render;
mod session;
