//! Both dialects: every name, both key cases, each text once, each error once, and nothing that makes them panic.

mod agent;
mod errors;
mod flat;
mod hostile;
mod script;
