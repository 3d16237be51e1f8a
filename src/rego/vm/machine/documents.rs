//! Looking into documents: what data has under a path, and the places below `data` that references lead through.

use super::super::code::{Below, Label, Operand, Register};
use super::{Machine, Run, Stop, constant};
use crate::rego::value::{Kind, Space, Value};

impl Machine {
    pub(super) fn data_at(&mut self, path: Value) -> Result<Value, Stop> {
        let data = self.worlds.last().map_or(Value::UNDEFINED, |world| world.data);
        let Kind::Array(steps) = path.kind() else { return Ok(Value::UNDEFINED) };
        let mut at = data;
        for step in 0..steps.len as usize {
            let step = self.stores.items(steps).get(step).copied().unwrap_or(Value::UNDEFINED);
            at = self.step_of_data(at, step)?;
        }
        Ok(at)
    }

    /// One step of a path into the data document, in which a number is a key by its digits.
    pub(super) fn step_of_data(&mut self, of: Value, step: Value) -> Result<Value, Stop> {
        if let (Kind::Object(_), Kind::Integer(number)) = (of.kind(), step.kind()) {
            let key = self.stores.make_string(Space::Heap, &number.to_string())?;
            return Ok(self.stores.get(of, key));
        }
        Ok(self.stores.get(of, step))
    }

    /// What a place has under a key; of anything else, what stands under it.
    pub(super) fn look_up_place(
        &mut self,
        run: &mut Run,
        of: Value,
        key: Value,
        to: Register,
        or: Label,
    ) -> Result<(), Stop> {
        let Kind::Place(number) = of.kind() else {
            let found = self.stores.get(of, key);
            self.set_or(run, to, found, or);
            return Ok(());
        };
        let Some(place) = self.program.code.places.get(number as usize) else {
            run.go(or);
            return Ok(());
        };
        let path = place.path;
        // They are looked through one by one.
        run.charge(place.below.len() as u64 / 16)?;
        let found = place.below.iter().find(|(own, _)| self.stores.equals(self.value(run, *own), key));
        match found.map(|(_, below)| *below) {
            Some(Below::Rules(procedure)) => self.ask_inside(run, procedure, to, or),
            Some(Below::Place(place)) => {
                let document = self.program.code.places.get(place as usize).map(|place| place.document);
                let world = self.worlds.last();
                let is_hidden = world.zip(document).is_some_and(|(world, of)| world.hidden.binary_search(&of).is_ok());
                match document.filter(|_| is_hidden) {
                    Some(document) => self.ask_inside(run, document, to, or),
                    None => {
                        self.set(run, to, Value::place(place));
                        Ok(())
                    }
                }
            }
            None => {
                let of_data = self.data_at(self.value(run, path))?;
                let found = self.step_of_data(of_data, key)?;
                self.set_or(run, to, found, or);
                Ok(())
            }
        }
    }

    /// The keys of a place, or of what has parts.
    pub(super) fn keys(&mut self, of: Value) -> Result<Option<Value>, Stop> {
        let mut keys = match of.kind() {
            Kind::Place(number) => {
                let Some(place) = self.program.code.places.get(number as usize) else { return Ok(None) };
                let own: Vec<Operand> = place.below.iter().map(|(key, _)| *key).collect();
                let path = constant(&self.program.code, place.path);
                let of_data = self.data_at(path)?;
                let mut keys: Vec<Value> = own.into_iter().map(|key| constant(&self.program.code, key)).collect();
                keys.extend(self.keys_of(of_data).unwrap_or_default());
                keys
            }
            _ => match self.keys_of(of) {
                Some(keys) => keys,
                None => return Ok(None),
            },
        };
        let set = self.stores.make_set(Space::Heap, &mut keys)?;
        Ok(Some(set))
    }

    pub(super) fn keys_of(&self, of: Value) -> Option<Vec<Value>> {
        match of.kind() {
            Kind::Array(slice) => Some((0..slice.len as usize).map(Value::count).collect()),
            Kind::Object(slice) => Some(self.stores.pairs(slice).iter().map(|[key, _]| *key).collect()),
            Kind::Set(slice) => Some(self.stores.items(slice).to_vec()),
            _ => None,
        }
    }
}
