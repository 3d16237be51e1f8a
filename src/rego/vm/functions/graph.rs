//! Graphs: objects that have the neighbours of each node under it.

use super::operands::{object, wrong_type};
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Slice, Space, Stores, Value};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "graph.reachable" => Function::Two(reachable),
        "graph.reachable_paths" => Function::Two(reachable_paths),
        _ => return None,
    })
}

/// Nodes that are still to be visited.
struct Nodes {
    slice: Slice,
    next: usize,
}

impl Nodes {
    /// Those that an array or a set has; none of anything else.
    fn of(value: Value) -> Self {
        match value.kind() {
            Kind::Array(slice) | Kind::Set(slice) => Self { slice, next: 0 },
            _ => Self { slice: Slice { space: Space::Heap, at: 0, len: 0 }, next: 0 },
        }
    }

    /// Those to begin with.
    fn first(value: Value) -> Result<Self, Failure> {
        match value.kind() {
            Kind::Array(_) | Kind::Set(_) => Ok(Self::of(value)),
            _ => Err(wrong_type(2, value, &["{array, set}"])),
        }
    }

    fn next(&mut self, stores: &Stores) -> Option<Value> {
        let node = stores.items(self.slice).get(self.next).copied();
        self.next += 1;
        node
    }
}

/// Takes the steps for looking up a node.
fn charge_node(context: &mut Context<'_>, graph: Slice) -> Result<(), Failure> {
    context.charge(1 + u64::from(graph.len.max(1).ilog2() / 3))
}

/// Where a node stands in a graph, and its neighbours.
fn place_of(stores: &Stores, graph: Slice, node: Value) -> Option<(usize, Value)> {
    let pairs = stores.pairs(graph);
    let at = pairs.binary_search_by(|[own, _]| stores.compare(*own, node)).ok()?;
    pairs.get(at).map(|[_, neighbours]| (at, *neighbours))
}

fn reachable(context: &mut Context<'_>, graph: Value, from: Value) -> Answer {
    let graph = object(graph, 1)?;
    let mut open = vec![Nodes::first(from)?];
    context.charge(u64::from(graph.len))?;
    let mut is_reached = vec![false; graph.len as usize];
    while let Some(nodes) = open.last_mut() {
        charge_node(context, graph)?;
        let Some(node) = nodes.next(context.stores) else {
            open.pop();
            continue;
        };
        let Some((at, neighbours)) = place_of(context.stores, graph, node) else { continue };
        if let Some(is_reached @ false) = is_reached.get_mut(at) {
            *is_reached = true;
            open.push(Nodes::of(neighbours));
        }
    }
    let nodes = context.stores.pairs(graph).iter().zip(is_reached);
    let mut reached: Vec<Value> = nodes.filter(|(_, is_reached)| *is_reached).map(|([node, _], _)| *node).collect();
    Ok(context.stores.make_set(Space::Heap, &mut reached)?)
}

/// Paths from the first nodes to where there is no neighbour, none that is known, or only those that were passed. As OPA
/// has it, a node that one path has passed ends another one too, if both begin with the same two nodes.
fn reachable_paths(context: &mut Context<'_>, graph: Value, from: Value) -> Answer {
    let graph = object(graph, 1)?;
    let mut first = Nodes::first(from)?;
    context.charge(u64::from(graph.len))?;
    let mut search = Search { graph, passed: vec![0; graph.len as usize], round: 0, paths: Vec::new() };
    while let Some(node) = first.next(context.stores) {
        charge_node(context, graph)?;
        let Some((at, neighbours)) = place_of(context.stores, graph, node) else { continue };
        let mut neighbours = Nodes::of(neighbours);
        if neighbours.slice.len == 0 {
            search.add(context, &[node])?;
        }
        while let Some(neighbour) = neighbours.next(context.stores) {
            search.round += 1;
            search.pass(at);
            search.follow(context, node, neighbour)?;
        }
    }
    let mut paths = search.paths;
    context.charge(paths.len() as u64)?;
    Ok(context.stores.make_set(Space::Heap, &mut paths)?)
}

/// A search for paths.
struct Search {
    graph: Slice,
    /// For each node of the graph, the round in which it was passed last.
    passed: Vec<u64>,
    round: u64,
    paths: Vec<Value>,
}

/// A node of the path, whose neighbours are being visited.
struct Step {
    at: usize,
    neighbours: Nodes,
    /// Whether the path up to it has been found.
    is_end: bool,
}

impl Search {
    fn add(&mut self, context: &mut Context<'_>, path: &[Value]) -> Result<(), Failure> {
        context.charge(1 + path.len() as u64 / 4)?;
        self.paths.push(context.stores.make_array(Space::Heap, path)?);
        Ok(())
    }

    fn pass(&mut self, at: usize) {
        if let Some(passed) = self.passed.get_mut(at) {
            *passed = self.round;
        }
    }

    fn is_passed(&self, at: usize) -> bool {
        self.passed.get(at) == Some(&self.round)
    }

    /// Finds the paths that begin with two nodes.
    fn follow(&mut self, context: &mut Context<'_>, first: Value, second: Value) -> Result<(), Failure> {
        let mut path = vec![first];
        // INVARIANT (depth): the nodes behind the first stand in a list, and nothing recurses.
        let mut steps: Vec<Step> = Vec::new();
        let mut next = Some(second);
        loop {
            charge_node(context, self.graph)?;
            if let Some(node) = next {
                match place_of(context.stores, self.graph, node) {
                    Some((at, neighbours)) => {
                        path.push(node);
                        let neighbours = Nodes::of(neighbours);
                        let is_end = neighbours.slice.len == 0;
                        if is_end {
                            self.add(context, &path)?;
                        }
                        steps.push(Step { at, neighbours, is_end });
                    }
                    None => self.add(context, &path)?,
                }
            }
            let Some(step) = steps.last_mut() else { return Ok(()) };
            let Some(node) = step.neighbours.next(context.stores) else {
                steps.pop();
                path.pop();
                next = None;
                continue;
            };
            let place = place_of(context.stores, self.graph, node);
            if place.is_some_and(|(at, _)| self.is_passed(at)) {
                let was_end = std::mem::replace(&mut step.is_end, true);
                next = None;
                if !was_end {
                    self.add(context, &path)?;
                }
            } else {
                let at = step.at;
                self.pass(at);
                next = Some(node);
            }
        }
    }
}
