//! The strongly connected components of a graph, in linear time and without recursion.

/// Which nodes lead to one another.
pub struct Components {
    /// The component of each node. A node that leads to another component has a greater number than that.
    pub of_node: Vec<usize>,
    /// How many nodes each has.
    pub sizes: Vec<usize>,
}

/// A node that has been entered and not left.
struct Open {
    node: usize,
    next_edge: usize,
}

/// Finds them as Tarjan does, with a stack of its own.
pub fn components(edges: &[Vec<usize>]) -> Components {
    const UNSEEN: usize = usize::MAX;
    let count = edges.len();
    let mut number = vec![UNSEEN; count];
    let mut low = vec![UNSEEN; count];
    let mut of_node = vec![UNSEEN; count];
    let mut sizes = Vec::new();
    let mut stack = Vec::new();
    let mut next_number = 0;
    for root in 0..count {
        if number.get(root) != Some(&UNSEEN) {
            continue;
        }
        let mut open = vec![Open { node: root, next_edge: 0 }];
        set(&mut number, root, next_number);
        set(&mut low, root, next_number);
        next_number += 1;
        stack.push(root);
        while let Some(top) = open.last_mut() {
            let node = top.node;
            let edge = edges.get(node).and_then(|edges| edges.get(top.next_edge)).copied();
            top.next_edge += 1;
            match edge {
                Some(next) if get(&number, next) == UNSEEN => {
                    set(&mut number, next, next_number);
                    set(&mut low, next, next_number);
                    next_number += 1;
                    stack.push(next);
                    open.push(Open { node: next, next_edge: 0 });
                }
                Some(next) => {
                    if get(&of_node, next) == UNSEEN {
                        let least = get(&low, node).min(get(&number, next));
                        set(&mut low, node, least);
                    }
                }
                None => {
                    open.pop();
                    if let Some(above) = open.last() {
                        let least = get(&low, above.node).min(get(&low, node));
                        set(&mut low, above.node, least);
                    }
                    if get(&low, node) == get(&number, node) {
                        let mut size = 0;
                        while let Some(member) = stack.pop() {
                            set(&mut of_node, member, sizes.len());
                            size += 1;
                            if member == node {
                                break;
                            }
                        }
                        sizes.push(size);
                    }
                }
            }
        }
    }
    Components { of_node, sizes }
}

fn get(list: &[usize], at: usize) -> usize {
    list.get(at).copied().unwrap_or(usize::MAX)
}

fn set(list: &mut [usize], at: usize, value: usize) {
    if let Some(entry) = list.get_mut(at) {
        *entry = value;
    }
}
