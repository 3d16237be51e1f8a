//! Which text an evaluation comes to. In a watched program, a jump stands in the place of the first instruction of each
//! piece of code that stands for a text; it leads as far behind the end as that is from the start, and there the
//! instruction lies. So an evaluation that nobody watches does nothing for it, and one that is watched takes the same steps, but for an index
//! of rules: there it tries all of them, so that every line in front of what fails has been seen.

use super::super::code::{Code, Instruction, Label};
use super::super::executable::Executable;
use super::{Machine, Run, Stop};
use std::rc::Rc;

impl Executable {
    /// The same program, watched.
    pub fn watched(&self) -> Self {
        let mut code = self.code.clone();
        let end = u32::try_from(code.instructions.len()).unwrap_or(u32::MAX);
        for (at, _) in self.code.positions.runs().filter(|(at, _)| !puts_together(&self.code, *at)) {
            if let Some(place) = code.instructions.get_mut(at as usize) {
                *place = Instruction::Jump { to: Label(end.saturating_add(at)) };
            }
        }
        let behind = self.code.instructions.clone();
        Self {
            code,
            constants: Rc::clone(&self.constants),
            builtins: self.builtins.clone(),
            host_results: self.host_results.clone(),
            asked: self.asked.clone(),
            behind,
            #[cfg(feature = "compiler")]
            ground: std::cell::OnceCell::new(),
        }
    }
}

/// Whether an instruction puts together what rules have given: its text is where they are told to contradict one another, and whether an
/// evaluation comes there says nothing of it.
fn puts_together(code: &Code, at: u32) -> bool {
    let instruction = code.instructions.get(at as usize);
    matches!(
        instruction,
        Some(
            Instruction::CollectedSet { .. } | Instruction::CollectedObject { .. } | Instruction::CollectedTree { .. }
        )
    )
}

impl Machine {
    /// The line of each text that the program that was asked last has come to, with its module; none where it is not watched.
    pub fn lines_seen(&self) -> Vec<(usize, usize)> {
        let code = &self.program.code;
        let seen = code.positions.runs().filter(|&(at, _)| self.seen.get(at as usize).copied().unwrap_or(false));
        seen.map(|(_, position)| (position.module as usize, code.line(position))).collect()
    }

    /// What lies behind the end of the code: the next instruction, where that is watched.
    pub(super) fn sees(&mut self, run: &mut Run) -> Result<Instruction, Stop> {
        let behind = (run.next as usize).checked_sub(self.program.code.instructions.len());
        let found = behind.and_then(|at| Some((at, *self.program.behind.get(at)?)));
        let Some((at, instruction)) = found else { return Err(Stop::internal("the code ends too early")) };
        if self.seen.len() <= at {
            self.seen.resize(self.program.behind.len(), false);
        }
        if let Some(seen) = self.seen.get_mut(at) {
            *seen = true;
        }
        run.next = u32::try_from(at).unwrap_or(u32::MAX);
        // INVARIANT (steps): the jump that led here is no step of the program.
        run.steps += 1;
        Ok(instruction)
    }
}
