//! Section "The chat stream": what is heard, how it ends, and what is done when it is lost.

mod ending;
mod hearing;
mod losing;
