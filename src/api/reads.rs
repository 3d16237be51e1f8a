//! The operation `reads`: what an entrypoint can look at of its input.

use super::Engine;
use crate::error::Error;
use crate::rego::value::quote;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadsRequest {
    pub handle: u32,
    pub entrypoint: String,
}

impl Engine {
    /// What can be looked at of the input by an entrypoint, as a tree: `{"nodes": [[kind, key, …], …]}`, as `pkg-template/src/reads.ts` reads it.
    ///
    /// The nodes are the places of a document, the first of which is the document itself. The kind is 0 for one of which everything below can be
    /// looked at, 1 for one of which these keys can, and 2 where the items of an array and what stands under any other key can as well. The
    /// places to which one leads, by its keys in the order of their bytes and then by its items, come next behind those to which the ones before
    /// it lead.
    ///
    /// # Errors
    /// `unknown_handle`, `unknown_entrypoint`.
    pub(super) fn reads(&self, request: &ReadsRequest) -> Result<String, Error> {
        let reach = self.program(request.handle)?.reached(&request.entrypoint)?;
        let mut text = String::from("{\"nodes\":[");
        for (at, node) in reach.nodes().iter().enumerate() {
            text.push_str(if at == 0 { "[" } else { ",[" });
            text.push(match (node.is_whole, node.any) {
                (true, _) => '0',
                (false, None) => '1',
                (false, Some(_)) => '2',
            });
            for key in &node.keys {
                text.push(',');
                quote(&key.name, &mut text);
            }
            text.push(']');
        }
        text.push_str("]}");
        Ok(text)
    }
}
