//! `--param NAME=VALUE`: papermill's convention, with Rust `let` statements.
//!
//! The values replace those of the cell tagged `parameters`, in a cell of their own after it, with the
//! types that the original statements have.

use syn::{Expr, Lit, Pat, Stmt, Type, UnOp};

use crate::failure::{Failure, Result};

use super::document::Document;

const TAG: &str = "parameters";
const INJECTED_TAG: &str = "injected-parameters";

/// One `NAME=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    name: String,
    value: String,
}

impl Assignment {
    pub fn parse(text: &str) -> Result<Self> {
        match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => {
                Ok(Self { name: name.trim().to_owned(), value: value.to_owned() })
            }
            _ => Err(Failure::usage(format!("--param {text} is not NAME=VALUE"))),
        }
    }
}

/// A `let` statement of the parameters cell.
struct Parameter {
    name: String,
    mutable: bool,
    annotation: Option<String>,
    kind: Kind,
}

/// What a value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Float,
    Boolean,
    Text,
    Character,
    /// Any Rust expression.
    Expression,
}

/// Sets the parameters in every notebook that has them.
pub fn apply(documents: &mut [Document], assignments: &[Assignment]) -> Result<()> {
    let mut unused: Vec<&Assignment> = assignments.iter().collect();
    let mut known = Vec::new();
    for document in documents.iter_mut() {
        let Some((index, code)) = document.tagged(TAG) else { continue };
        let parameters = parse_cell(&code).map_err(|why| {
            Failure::usage(format!("{}: the parameters cell {why}", document.name()))
        })?;
        let mut statements = String::from("// Set by `lab run --param`.\n");
        let mut any = false;
        for assignment in assignments {
            let Some(parameter) = find(&parameters, &assignment.name) else { continue };
            statements.push_str(&parameter.statement(&assignment.value)?);
            unused.retain(|other| *other != assignment);
            any = true;
        }
        if any {
            document.inject(index, INJECTED_TAG, statements.trim_end());
        }
        known.extend(parameters.into_iter().map(|parameter| parameter.name));
    }
    match unused.first() {
        None => Ok(()),
        Some(assignment) => Err(unknown(&assignment.name, known)),
    }
}

fn unknown(name: &str, mut known: Vec<String>) -> Failure {
    known.sort();
    known.dedup();
    let failure = Failure::usage(format!("no notebook to run has a parameter {name}"));
    if known.is_empty() {
        failure.fix(format!("tag the cell that holds the parameters with `{TAG}`"))
    } else {
        failure.fix(format!("choose one of {}", known.join(", ")))
    }
}

/// The exact name, or else the only one that differs in case: `EPOCHS` sets `epochs`.
fn find<'a>(parameters: &'a [Parameter], name: &str) -> Option<&'a Parameter> {
    parameters.iter().find(|parameter| parameter.name == name).or_else(|| {
        let mut alike =
            parameters.iter().filter(|parameter| parameter.name.eq_ignore_ascii_case(name));
        alike.next().filter(|_| alike.next().is_none())
    })
}

fn parse_cell(code: &str) -> Result<Vec<Parameter>, String> {
    let block: syn::Block = syn::parse_str(&format!("{{ {code}\n }}"))
        .map_err(|error| format!("is not Rust: {error}"))?;
    Ok(block.stmts.iter().filter_map(parse_statement).collect())
}

fn parse_statement(statement: &Stmt) -> Option<Parameter> {
    let Stmt::Local(local) = statement else { return None };
    let (pattern, annotation) = match &local.pat {
        Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
        pattern => (pattern, None),
    };
    let Pat::Ident(name) = pattern else { return None };
    let value = local.init.as_ref().map(|init| &*init.expr);
    Some(Parameter {
        name: name.ident.to_string(),
        mutable: name.mutability.is_some(),
        annotation: annotation.map(type_text),
        kind: value.map_or(Kind::Expression, kind_of),
    })
}

fn kind_of(value: &Expr) -> Kind {
    match value {
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => kind_of(&negative.expr),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) if number.suffix().starts_with('f') => Kind::Float,
            Lit::Int(_) => Kind::Integer,
            Lit::Float(_) => Kind::Float,
            Lit::Bool(_) => Kind::Boolean,
            Lit::Str(_) => Kind::Text,
            Lit::Char(_) => Kind::Character,
            _ => Kind::Expression,
        },
        // `"…".to_string()` and `String::from("…")` are texts to the reader, but their type is not
        // that of a literal; such a value is given as Rust.
        _ => Kind::Expression,
    }
}

fn type_text(annotation: &Type) -> String {
    use quote::ToTokens;
    annotation.to_token_stream().to_string()
}

impl Parameter {
    /// The statement that gives the parameter another value of the same type.
    fn statement(&self, value: &str) -> Result<String> {
        let literal = self.literal(value).ok_or_else(|| {
            Failure::usage(format!(
                "--param {}={value}: the notebook expects {}",
                self.name,
                self.kind.description()
            ))
        })?;
        let mutable = if self.mutable { "mut " } else { "" };
        let annotation =
            self.annotation.as_ref().map(|name| format!(": {name}")).unwrap_or_default();
        Ok(format!("let {mutable}{}{annotation} = {literal};\n", self.name))
    }

    fn literal(&self, value: &str) -> Option<String> {
        let trimmed = value.trim();
        match self.kind {
            Kind::Integer => {
                let digits: String = trimmed.chars().filter(|sign| *sign != '_').collect();
                digits.parse::<i128>().ok().map(|number| number.to_string())
            }
            Kind::Float => {
                let number: f64 = trimmed.parse().ok()?;
                number.is_finite().then(|| format!("{number:?}"))
            }
            Kind::Boolean => trimmed.parse::<bool>().ok().map(|truth| truth.to_string()),
            Kind::Text => Some(format!("{value:?}")),
            Kind::Character => trimmed.parse::<char>().ok().map(|sign| format!("{sign:?}")),
            Kind::Expression => syn::parse_str::<Expr>(trimmed).ok().map(|_| trimmed.to_owned()),
        }
    }
}

impl Kind {
    fn description(self) -> &'static str {
        match self {
            Self::Integer => "a whole number",
            Self::Float => "a number",
            Self::Boolean => "true or false",
            Self::Text => "a text",
            Self::Character => "a single character",
            Self::Expression => "a Rust expression",
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::document::tests::notebook;
    use super::*;

    fn injected(cell: &str, arguments: &[&str]) -> Result<String> {
        let (_folder, document) = notebook(cell, Some(TAG));
        let mut documents = [document];
        let assignments: Vec<Assignment> =
            arguments.iter().map(|text| Assignment::parse(text)).collect::<Result<_>>()?;
        apply(&mut documents, &assignments)?;
        Ok(documents[0].tagged(INJECTED_TAG).map(|(_, code)| code).unwrap_or_default())
    }

    #[test]
    fn values_take_the_type_of_the_original() {
        let cell = "let epochs = 50; // short\nlet alpha: f64 = -0.25;\nlet mut name = \"a\";\nlet on = true;\nlet days: usize = 250;\nlet pair = (1, 2);";
        let code = injected(
            cell,
            &["epochs=10", "alpha=3", "name=x \"y\"", "on=false", "DAYS=1_000", "pair=(3, 4)"],
        )
        .unwrap();
        assert_eq!(
            code,
            "// Set by `lab run --param`.\nlet epochs = 10;\nlet alpha: f64 = 3.0;\nlet mut name = \"x \\\"y\\\"\";\nlet on = false;\nlet days: usize = 1000;\nlet pair = (3, 4);"
        );
    }

    #[test]
    fn values_of_another_type_are_refused() {
        let cell = "let epochs = 50; let alpha = 0.5; let on = true;";
        for (argument, expected) in [
            ("epochs=ten", "whole number"),
            ("epochs=1.5", "whole number"),
            ("alpha=inf", "a number"),
            ("on=1", "true or false"),
        ] {
            let failure = injected(cell, &[argument]).unwrap_err();
            assert!(failure.what().contains(expected), "{failure}");
        }
    }

    #[test]
    fn code_cannot_ride_on_a_value() {
        let failure =
            injected("let epochs = 50;", &["epochs=1; std::process::exit(0)"]).unwrap_err();
        assert!(failure.what().contains("whole number"));
        let failure = injected("let pair = (1, 2);", &["pair=(1, 2); evil()"]).unwrap_err();
        assert!(failure.what().contains("expression"));
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let failure = injected("let epochs = 50;", &["epoch=1"]).unwrap_err();
        assert!(failure.to_string().contains("choose one of epochs"), "{failure}");
        assert!(Assignment::parse("epochs").is_err());
        assert!(Assignment::parse("=3").is_err());
    }
}
