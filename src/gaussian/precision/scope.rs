//! Names of variables and of blocks of variables.

use super::named_matrix::Names;
use super::symbol::canonical;
use crate::words::counted;
use crate::{Error, Result};

/// The variables of a model in their order, and the blocks that some of them form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) names: Vec<String>,
    /// Name and members, ascending.
    pub(crate) blocks: Vec<(String, Vec<usize>)>,
}

impl Scope {
    /// Distinct names, as many as there are variables.
    pub(crate) fn new(names: &[&str], order: usize) -> Result<Self> {
        if names.len() != order {
            let problem =
                format!("the matrix has {}, and each needs one name", counted(order, "variable"));
            return Err(Error::invalid(counted(names.len(), "name"), problem));
        }
        for (place, name) in names.iter().enumerate() {
            let same = |earlier: &&&str| canonical(earlier) == canonical(name);
            if let Some(earlier) = names[..place].iter().find(same) {
                let problem =
                    format!("given twice, the first time as {earlier}; names must differ");
                return Err(Error::invalid(format!("name {name}"), problem));
            }
        }
        Ok(Self {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            blocks: Vec::new(),
        })
    }

    /// Gives some variables a name together.
    pub(crate) fn add_block(&mut self, name: &str, members: &[&str]) -> Result<()> {
        let taken = self.blocks.iter().any(|(known, _)| known == name);
        if taken || self.place(name).is_some() {
            let problem = "a variable or a block has this name already";
            return Err(Error::invalid(format!("block {name}"), problem));
        }
        let members = self.resolve(members)?;
        if members.is_empty() {
            return Err(Error::invalid(
                format!("block {name}"),
                "a block needs at least one variable",
            ));
        }
        self.blocks.push((name.to_owned(), members));
        Ok(())
    }

    /// The indices of variables, given by their own names or by those of blocks; ascending, each once.
    pub(crate) fn resolve(&self, names: &[&str]) -> Result<Vec<usize>> {
        let mut members: Vec<usize> = Vec::new();
        for name in names {
            let block = self.blocks.iter().find(|(known, _)| known == name);
            let found = match (block, self.place(name)) {
                (Some((_, block)), _) => block.clone(),
                (None, Some(place)) => vec![place],
                (None, None) => return Err(self.unknown(name)),
            };
            if let Some(twice) = found.iter().find(|member| members.contains(member)) {
                let problem = format!("names {} a second time", self.names[*twice]);
                return Err(Error::invalid(format!("{name} in {}", names.join(", ")), problem));
            }
            members.extend(found);
        }
        members.sort_unstable();
        Ok(members)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| canonical(known) == canonical(name))
    }

    fn unknown(&self, name: &str) -> Error {
        let variables =
            format!("the {}: {}", counted(self.names.len(), "variable"), self.names.join(" "));
        let blocks =
            self.blocks.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ");
        let mut looked_in = vec![variables];
        if !blocks.is_empty() {
            looked_in.push(format!("the blocks: {blocks}"));
        }
        Error::Missing {
            what: format!("variable {name}"),
            looked_in,
            fix: "use one of these names".into(),
        }
    }

    /// What is left of it for some variables; a block without any of them goes.
    pub(crate) fn restricted(&self, kept: &[usize]) -> Self {
        let left = |(name, members): &(String, Vec<usize>)| {
            let places: Vec<usize> =
                (0..kept.len()).filter(|place| members.contains(&kept[*place])).collect();
            (!places.is_empty()).then(|| (name.clone(), places))
        };
        Self { names: self.named(kept), blocks: self.blocks.iter().filter_map(left).collect() }
    }

    pub(crate) fn named(&self, members: &[usize]) -> Vec<String> {
        members.iter().map(|member| self.names[*member].clone()).collect()
    }

    /// Names of some variables with a line wherever two neighbours belong to different blocks.
    pub(crate) fn side(&self, members: &[usize]) -> Names {
        let home =
            |member: &usize| self.blocks.iter().position(|(_, block)| block.contains(member));
        let lines = (1..members.len())
            .filter(|place| home(&members[place - 1]) != home(&members[*place]))
            .collect();
        Names { names: self.named(members), lines }
    }

    /// How formulas call some variables together: the block's name where they are one, else their names.
    pub(crate) fn title(&self, members: &[usize]) -> String {
        let block = self.blocks.iter().find(|(_, block)| block == members);
        block.map_or_else(|| self.named(members).join(", "), |(name, _)| name.clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn scope() -> Scope {
        let mut scope = Scope::new(&["Y1", "Y2", "Z_1"], 3).unwrap();
        scope.add_block("Y", &["Y2", "Y_1"]).unwrap();
        scope
    }

    #[test]
    fn names_and_blocks_are_found_in_any_spelling() {
        assert_eq!(scope().resolve(&["Z₁", "Y"]).unwrap(), [0, 1, 2]);
        assert_eq!(scope().side(&[0, 1, 2]).lines, [2]);
        assert_eq!(scope().title(&[0, 1]), "Y");
        assert_eq!(scope().restricted(&[1, 2]).blocks, [("Y".to_owned(), vec![0])]);
    }

    #[test]
    fn wrong_names_are_explained() {
        let unknown = scope().resolve(&["X"]).unwrap_err().to_string();
        assert!(unknown.contains("Y1 Y2 Z_1") && unknown.contains("the blocks: Y"), "{unknown}");
        let twice = scope().resolve(&["Y", "Y1"]).unwrap_err().to_string();
        assert!(twice.contains("a second time"), "{twice}");
        assert!(Scope::new(&["Z1", "Z_1"], 2).unwrap_err().to_string().contains("given twice"));
        assert!(Scope::new(&["Z1"], 2).unwrap_err().to_string().contains("1 name: "));
        assert!(scope().add_block("Y", &["Z1"]).unwrap_err().to_string().contains("already"));
        assert!(scope().add_block("W", &[]).unwrap_err().to_string().contains("at least one"));
    }
}
