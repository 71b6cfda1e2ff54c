//! Definitions of macros, brought into the form the parser reads.

use super::Rewriter;

impl Rewriter<'_, '_> {
    /// `\newcommand{\name}[count][default]{..}`
    pub fn new_command(&mut self) -> Result<(), String> {
        self.scanner.star();
        let name = self.scanner.group().unwrap_or_default().trim().to_owned();
        if !name.starts_with('\\') || name.len() < 2 {
            return Err("A macro definition lacks the name".into());
        }
        let count = self.scanner.bracket().unwrap_or("0").trim();
        let count: usize = count.parse().map_err(|_| "A macro has no number of arguments")?;
        if count > 9 {
            return Err("A macro has more than nine arguments".into());
        }
        let default = self.scanner.bracket().map(str::to_owned);
        let defined = match default {
            Some(default) if count > 0 => {
                self.context.defaults.insert(name.clone(), default);
                format!("{name}@")
            }
            _ => {
                self.context.defaults.remove(&name);
                name
            }
        };
        self.define(defined, count);
        Ok(())
    }

    /// Begins a definition; the body follows in the source.
    fn define(&mut self, name: String, count: usize) {
        let parameters: String = (1..=count).map(|number| format!("#{number}")).collect();
        self.push(&format!("\\gdef{name}{parameters}"));
        if !self.scanner.at_group() {
            let body = self.scanner.group().unwrap_or_default().to_owned();
            self.push(&format!("{{{body}}}"));
        }
        self.note(name);
    }

    /// `\def\name#1#2{..}`
    pub fn definition(&mut self, command: &str) -> Result<(), String> {
        let name = self.scanner.group().unwrap_or_default().to_owned();
        let parameters = self.scanner.until_group();
        let count = parameters.matches('#').count();
        let plain: String = (1..=count).map(|number| format!("#{number}")).collect();
        let spaceless: String = parameters.split_whitespace().collect();
        if !name.starts_with('\\') || spaceless != plain {
            return Err("Macros with delimited arguments are not supported".into());
        }
        self.context.defaults.remove(&name);
        if matches!(command, "\\def" | "\\gdef") {
            self.define(name, count);
        } else {
            self.push(&format!("\\xdef{name}{plain}"));
            self.note(name);
        }
        Ok(())
    }

    /// `\let\name=\other`
    pub fn alias(&mut self) {
        let name = self.scanner.group().unwrap_or_default().to_owned();
        self.context.defaults.remove(&name);
        self.push(&format!("\\global\\let{name}"));
        self.note(name);
    }

    /// `\DeclareMathOperator{\name}{..}`
    pub fn new_operator(&mut self) {
        let star = if self.scanner.star() { "*" } else { "" };
        let name = self.scanner.group().unwrap_or_default().trim().to_owned();
        let body = self.scanner.group().unwrap_or_default();
        let definition = format!("\\gdef{name}{{\\operatorname{star}{{{body}}}}}");
        self.push(&definition);
        self.note(name);
    }

    /// `\DeclarePairedDelimiter{\name}{\lvert}{\rvert}`
    pub fn new_delimiters(&mut self) {
        let name = self.scanner.group().unwrap_or_default().trim().to_owned();
        let left = self.scanner.group().unwrap_or_default();
        let right = self.scanner.group().unwrap_or_default();
        let definitions = format!(
            "\\gdef{name}@star#1{{\\left{left} #1\\right{right} }}\
             \\gdef{name}@plain#1{{{left} #1{right} }}\
             \\gdef{name}{{\\@ifstar{name}@star{name}@plain}}"
        );
        self.push(&definitions);
        [format!("{name}@star"), format!("{name}@plain"), name]
            .into_iter()
            .for_each(|name| self.note(name));
    }

    /// A macro whose first argument has a default.
    pub fn with_default(&mut self, name: &str) -> Result<(), String> {
        let given = self.scanner.bracket().map(str::to_owned);
        let argument = given.or_else(|| self.context.defaults.get(name).cloned());
        self.push(&format!("{name}@{{"));
        self.part(&argument.unwrap_or_default())?;
        self.push("}");
        Ok(())
    }
}
