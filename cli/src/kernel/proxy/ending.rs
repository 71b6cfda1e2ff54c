//! How a cell ended that did not end well, in the reader's words.

use super::place::Place;

/// How the cells' process went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    Exited(i32),
    Signal(i32),
    /// By the system, since memory had run out: the system counted it.
    OutOfMemory,
}

/// An error as Jupyter shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub name: String,
    pub value: String,
    pub traceback: Vec<String>,
}

impl Shown {
    /// A headline in red, then plain paragraphs.
    pub fn new(name: &str, value: &str, paragraphs: &[String]) -> Self {
        let mut traceback = vec![format!("\u{1b}[31m{name}\u{1b}[0m: {value}")];
        traceback.extend(paragraphs.iter().filter(|text| !text.is_empty()).cloned());
        Self { name: name.into(), value: value.into(), traceback }
    }
}

/// The variables that are gone, as part of a sentence.
pub fn lost_sentence(lost: &[String]) -> String {
    match lost {
        [] => "No variables were defined.".into(),
        [one] => format!("The variable `{one}` is gone."),
        many => {
            let quoted: Vec<String> = many.iter().map(|name| format!("`{name}`")).collect();
            format!("These variables are gone: {}.", quoted.join(", "))
        }
    }
}

/// A panic: the message, the reader's line, and what remains.
pub fn panic(said: &str, place: Option<&Place>, lost: &[String]) -> Shown {
    let message = panic_message(said);
    let short = explain_torch(&message);
    let mut paragraphs = Vec::new();
    paragraphs.extend(place.map(Place::shown));
    paragraphs.push(if lost.is_empty() {
        "The variables of earlier cells are kept; those of this cell are not defined.".into()
    } else {
        format!(
            "{} They had been moved into this cell. The other variables are kept.",
            lost_sentence(lost)
        )
    });
    Shown::new("Panic", &short, &paragraphs)
}

/// A cell that left by `?`.
pub fn left_by_error(said: &str, lost: &[String]) -> Shown {
    let message = explain_torch(last_paragraph(said));
    let mut paragraphs =
        vec!["The cell ended at a `?`; what it was about to define is not defined.".to_owned()];
    if !lost.is_empty() {
        paragraphs.push(format!("{} They had been moved into this cell.", lost_sentence(lost)));
    }
    Shown::new("Error", &message, &paragraphs)
}

/// A cell that ended after the stop button.
pub fn interrupted(heard: bool) -> Shown {
    let what = if heard {
        "stopped by you; the work that was under way returned what it had"
    } else {
        "stopped by you"
    };
    Shown::new(
        "KeyboardInterrupt",
        what,
        &["The variables of earlier cells are kept, with whatever this cell has changed in them."
            .to_owned()],
    )
}

/// A cell that had to be killed after the stop button.
pub fn killed_by_interrupt(lost: &[String]) -> Shown {
    Shown::new(
        "KeyboardInterrupt",
        "stopped by you; the cell did not look whether it should stop, so its process was ended",
        &[
            format!("{} Run the cells that define what you need again.", lost_sentence(lost)),
            "Loops of the library can be stopped without loss; in a loop of your own, iterate \
             over `progress(\"…\", …)` or look at `interrupt::requested()`."
                .to_owned(),
        ],
    )
}

/// The cells' process is gone: why, what is lost, what to do.
pub fn death(death: Death, said: &str, lost: &[String]) -> Shown {
    let (name, what, advice) = explain(death, said);
    let said = last_words(said);
    let mut paragraphs = vec![advice];
    if !said.is_empty() {
        paragraphs.push(format!("Its last words: {said}"));
    }
    paragraphs.push(format!(
        "{} The kernel goes on: `use` lines and functions are kept; run the cells that define what you need again.",
        lost_sentence(lost)
    ));
    Shown::new(name, &what, &paragraphs)
}

/// The engine, which compiles and keeps the variables' names, is gone; what is lost is everything.
pub fn engine_gone(lost: &[String]) -> Shown {
    Shown::new(
        "KernelError",
        "the kernel's engine has ended; most often the system does this when memory runs out",
        &[format!(
            "{} A new engine has been started; it knows no `:dep`, `use` or function of earlier cells. Restart the kernel and run the cells again.",
            lost_sentence(lost)
        )],
    )
}

const ABORT: i32 = 6;
const BUS: i32 = 7;
const ILLEGAL: i32 = 4;
const FLOATING: i32 = 8;
const KILL: i32 = 9;
const SEGMENT: i32 = 11;
const TERMINATE: i32 = 15;

fn explain(death: Death, said: &str) -> (&'static str, String, String) {
    let has = |text: &str| said.contains(text);
    match death {
        Death::Exited(code) => (
            "Exit",
            format!("The cell ended its own process with exit code {code}."),
            "`std::process::exit` ends the process that holds the variables; use `return` inside a function, or an error with `?`.".into(),
        ),
        Death::OutOfMemory => out_of_memory("The system ended the cell, since memory had run out."),
        Death::Signal(ABORT) if has("memory allocation of ") => {
            out_of_memory("The cell asked for more memory than there is.")
        }
        Death::Signal(ABORT) if has("overflowed its stack") => stack_overflow(),
        Death::Signal(ABORT) if has("terminate called") || has(FOREIGN) => (
            "CppException",
            "A C++ exception, most likely of libtorch, was caught by nobody.".into(),
            "Look at the shapes, types and devices of the tensors in this cell; the fallible `f_…` forms of tch's functions return such errors.".into(),
        ),
        Death::Signal(ABORT | SEGMENT) if has(CRASH) => segmentation_fault(),
        Death::Signal(ABORT) if has("panic in a destructor") || has("panicked while processing panic") || has("panic in a function that cannot unwind") => (
            "Abort",
            "The cell panicked where Rust cannot recover, so its process was ended.".into(),
            "A panic inside `drop`, inside another panic, or in a callback from C cannot be caught.".into(),
        ),
        Death::Signal(ABORT) => (
            "Abort",
            "The cell's process aborted itself.".into(),
            "`std::process::abort`, a failed C or C++ assertion and a double panic do this.".into(),
        ),
        // Without a word there was no stack left to say it on.
        Death::Signal(SEGMENT) => stack_overflow(),
        Death::Signal(BUS) => (
            "BusError",
            "The cell touched memory that its file or mapping no longer has.".into(),
            "A file that was shortened while it was mapped does this, and so does a full /dev/shm.".into(),
        ),
        Death::Signal(ILLEGAL) => (
            "IllegalInstruction",
            "The processor does not know an instruction of this cell.".into(),
            "A library was built for a newer processor; in unsafe code it is undefined behaviour.".into(),
        ),
        Death::Signal(FLOATING) => (
            "ArithmeticFault",
            "The cell divided by zero in native code.".into(),
            "Look for an integer division inside a native library.".into(),
        ),
        Death::Signal(KILL) => (
            "Killed",
            "The cell's process was killed from outside.".into(),
            "Most often the system does this when memory runs out: look at the memory, use smaller batches, or `drop` tensors that are no longer needed.".into(),
        ),
        Death::Signal(TERMINATE) => (
            "Terminated",
            "The cell's process was asked to end by another program.".into(),
            String::new(),
        ),
        Death::Signal(signal) => (
            "Crash",
            format!("The cell's process was ended by signal {signal}."),
            String::new(),
        ),
    }
}

fn out_of_memory(what: &str) -> (&'static str, String, String) {
    (
        "OutOfMemory",
        what.into(),
        "Use smaller batches or arrays, keep large data as u8 or f32, and `drop` what is no longer needed.".into(),
    )
}

fn stack_overflow() -> (&'static str, String, String) {
    (
        "StackOverflow",
        "The cell used up its stack.".into(),
        "A recursion that does not end, or an array of many megabytes on the stack, does this; put large data into a `Vec` or a tensor.".into(),
    )
}

fn segmentation_fault() -> (&'static str, String, String) {
    (
        "SegmentationFault",
        "The cell touched memory that is not its own.".into(),
        "Safe Rust does not do this: look at `unsafe` blocks and calls of native libraries.".into(),
    )
}

/// `thread 'main' panicked at src/lib.rs:12:5:` and what follows.
fn panic_message(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let Some(start) = lines.iter().rposition(|line| is_panic_head(line)) else {
        return last_paragraph(said).to_owned();
    };
    let of_message = |line: &&&str| {
        !line.starts_with("stack backtrace:") && !line.starts_with("note: run with `RUST_BACKTRACE")
    };
    lines[start + 1..].iter().take_while(of_message).copied().collect::<Vec<_>>().join("\n")
}

pub fn is_panic_head(line: &str) -> bool {
    line.starts_with("thread '") && line.contains(" panicked at ")
}

/// Where the report of a panic begins that has just been printed.
pub fn panic_report_start(text: &str) -> Option<usize> {
    let mut position = 0;
    let mut found = None;
    for line in text.split_inclusive('\n') {
        if is_panic_head(line) {
            found = Some(position);
        }
        position += line.len();
    }
    // Rust puts an empty line before it.
    let follows_empty_line = |start: usize| {
        let before = &text[..start];
        before == "\n" || before.ends_with("\n\n")
    };
    found.map(|start| if follows_empty_line(start) { start - 1 } else { start })
}

/// What Rust says of an exception that reaches it.
const FOREIGN: &str = "cannot catch foreign exceptions";

/// What evcxr's runtime prints of a crash, where it still can, with a backtrace below it.
const CRASH: &str = "Segmentation fault.";

pub fn crash_report_start(text: &str) -> Option<usize> {
    text.lines()
        .find(|line| *line == CRASH)
        .map(|line| line.as_ptr() as usize - text.as_ptr() as usize)
}

/// Where the last paragraph begins, which is an error that has just been printed.
pub fn last_paragraph_start(text: &str) -> Option<usize> {
    let paragraph = last_paragraph(text);
    (!paragraph.is_empty()).then(|| paragraph.as_ptr() as usize - text.as_ptr() as usize)
}

fn last_paragraph(text: &str) -> &str {
    let text = text.trim_end();
    text.rfind("\n\n").map_or(text, |position| text[position..].trim_start_matches('\n'))
}

/// libtorch ends its messages with the C++ call stack, which says nothing to a reader.
fn explain_torch(message: &str) -> String {
    let unwrapped = message
        .strip_prefix("called `Result::unwrap()` on an `Err` value: Torch(\"")
        .and_then(|rest| rest.strip_suffix("\")"))
        .map(|inner| inner.replace("\\n", "\n").replace("\\\"", "\"").replace("\\'", "'"));
    let is_torch = unwrapped.is_some();
    let message = unwrapped.unwrap_or_else(|| message.to_owned());
    let end = ["\nException raised from ", "\nC++ CapturedTraceback", "\nframe #"]
        .iter()
        .filter_map(|mark| message.find(mark))
        .min()
        .unwrap_or(message.len());
    let short = message[..end].trim();
    if is_torch { format!("libtorch: {short}") } else { short.to_owned() }
}

/// The last lines on standard error that are not a backtrace.
fn last_words(said: &str) -> String {
    let is_noise = |line: &str| {
        let line = line.trim_start();
        line.is_empty()
            || line.starts_with("at ")
            || line.split(':').next().is_some_and(|head| head.parse::<usize>().is_ok())
            || line.starts_with("note: run with")
            || line.starts_with("stack backtrace:")
            || line.starts_with(CRASH)
    };
    let lines: Vec<&str> = said.lines().filter(|line| !is_noise(line)).collect();
    lines[lines.len().saturating_sub(3)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(how: Death, said: &str) -> String {
        death(how, said, &[]).name
    }

    #[test]
    fn every_end_has_its_name() {
        assert_eq!(named(Death::Exited(3), ""), "Exit");
        assert_eq!(named(Death::Signal(ABORT), ""), "Abort");
        assert_eq!(
            named(Death::Signal(ABORT), "memory allocation of 9 bytes failed"),
            "OutOfMemory"
        );
        let cpp = "terminate called after throwing an instance of 'c10::Error'\n  what():  no\n";
        assert_eq!(named(Death::Signal(ABORT), cpp), "CppException");
        let caught = "fatal runtime error: Rust cannot catch foreign exceptions, aborting\n";
        assert_eq!(named(Death::Signal(ABORT), caught), "CppException");
        assert_eq!(named(Death::Signal(ABORT), "Segmentation fault.\n0: x\n"), "SegmentationFault");
        assert_eq!(named(Death::Signal(SEGMENT), ""), "StackOverflow");
        assert_eq!(named(Death::Signal(KILL), ""), "Killed");
        assert_eq!(named(Death::OutOfMemory, ""), "OutOfMemory");
        assert_eq!(named(Death::Signal(31), ""), "Crash");
    }

    #[test]
    fn an_end_says_which_variables_are_gone() {
        let shown = death(Death::Exited(3), "bye\n", &["model".into(), "losses".into()]);
        let text = shown.traceback.join("\n");
        assert!(text.contains("exit code 3") && text.contains("last words: bye"));
        assert!(text.contains("These variables are gone: `model`, `losses`."));
        assert!(lost_sentence(&["x".into()]).contains("`x` is gone"));
    }

    const PANIC: &str = "warming up\n\nthread 'main' (42) panicked at src/lib.rs:12:5:\nindex out of bounds\nthe len is 3\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";

    #[test]
    fn a_panic_is_quoted_and_taken_back() {
        let shown = panic(PANIC, None, &[]);
        assert_eq!(shown.value, "index out of bounds\nthe len is 3");
        assert_eq!(panic_report_start(PANIC), PANIC.find("\nthread"));
        assert_eq!(panic("something else", None, &[]).value, "something else");
    }

    #[test]
    fn libtorch_speaks_without_its_call_stack() {
        let said = "thread 'main' panicked at tch.rs:1:1:\ncalled `Result::unwrap()` on an `Err` value: Torch(\"The size of tensor a (2) must match \\\"b\\\"\\nException raised from infer_size at x.cpp:35\\nframe #0: c10\")\n";
        let expected = "libtorch: The size of tensor a (2) must match \"b\"";
        assert_eq!(panic(said, None, &[]).value, expected);
    }

    #[test]
    fn an_error_is_the_last_paragraph() {
        let said = "loading\n\nno such file: prices.csv\nlooked in data/\n";
        assert_eq!(left_by_error(said, &[]).value, "no such file: prices.csv\nlooked in data/");
        assert_eq!(last_paragraph_start(said), said.find("no such"));
        assert_eq!(last_paragraph_start(""), None);
    }
}
