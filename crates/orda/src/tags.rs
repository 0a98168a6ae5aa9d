//! 4D tags in text: `<!--#4DTEXT expression-->` and its like (`docs/Tags/transformation-tags.md`).
//!
//! The text is cut into a tree once and then written out. Unlike 4D, what a tag yields is never read for tags again,
//! so that a value a client sent can't become code (COMPATIBILITY.md).

use std::rc::Rc;
use std::sync::Arc;

use tessera_syntax::parse_expression;
use tessera_values::{ErrorStack, Text, Value, format_number};
use tessera_vm::{Process, compile_with_locals};

use crate::context::{Context, Run};

mod tree;

use tree::{Node, read};

/// How deeply included pages may include pages.
const INCLUDE_DEPTH_MAX: usize = 16;
/// The longest page that tags may make, in bytes.
const PAGE_BYTES_MAX: usize = 64 << 20;

/// Finds the text of an included page by the path its tag names.
pub type Include<'i> = &'i dyn Fn(&str) -> Option<String>;

struct Writer<'r> {
    context: &'r Rc<Context>,
    process: &'r mut Process,
    include: Include<'r>,
    out: String,
    locals: Vec<(Text, Value)>,
    depth: usize,
}

/// Writes a page: tags are replaced by what they yield. A tag whose expression fails leaves a mark in its place and
/// its error in the log; the rest of the page is written.
pub fn process_tags(run: &mut Run, text: &str, include: Include<'_>) -> Result<String, ErrorStack> {
    let context = Rc::clone(run.context());
    process_tags_in(&context, run.process(), text, include)
}

/// The same inside a process that runs already: `WEB SEND TEXT` and its like.
pub(crate) fn process_tags_in(
    context: &Rc<Context>,
    process: &mut Process,
    text: &str,
    include: Include<'_>,
) -> Result<String, ErrorStack> {
    process_tags_with(context, process, text, include, &[])
}

/// The same with parameters, which the page reads as `$1`, `$2`…
pub(crate) fn process_tags_with(
    context: &Rc<Context>,
    process: &mut Process,
    text: &str,
    include: Include<'_>,
    parameters: &[Value],
) -> Result<String, ErrorStack> {
    let numbered = parameters.iter().enumerate();
    let locals = numbered.map(|(index, value)| ((index + 1).to_string().into(), value.clone())).collect();
    let out = String::with_capacity(text.len());
    let mut writer = Writer { context, process, include, out, locals, depth: 0 };
    writer.page(text)?;
    Ok(writer.out)
}

impl Writer<'_> {
    fn page(&mut self, text: &str) -> Result<(), ErrorStack> {
        let nodes = read(text);
        self.nodes(&nodes)
    }

    fn nodes(&mut self, nodes: &[Node<'_>]) -> Result<(), ErrorStack> {
        for node in nodes {
            if self.out.len() > PAGE_BYTES_MAX {
                return Err(ErrorStack::runtime("The page is longer than 64 MB."));
            }
            self.node(node)?;
        }
        Ok(())
    }

    fn node(&mut self, node: &Node<'_>) -> Result<(), ErrorStack> {
        match node {
            Node::Text(text) => self.out.push_str(text),
            Node::Escaped(expression) => {
                if let Some(value) = self.value(expression)? {
                    escape(&mut self.out, &shown(&value));
                }
            }
            Node::Raw(expression) => {
                if let Some(value) = self.value(expression)? {
                    self.out.push_str(&shown(&value));
                }
            }
            Node::Script(call) => self.script(call)?,
            Node::If { branches, otherwise } => {
                for (condition, block) in branches {
                    if matches!(self.value(condition)?, Some(Value::Boolean(true))) {
                        return self.nodes(block);
                    }
                }
                self.nodes(otherwise)?;
            }
            Node::Each { variable, over, block } => self.each(variable, over, block)?,
            Node::While { condition, block } => {
                while matches!(self.value(condition)?, Some(Value::Boolean(true))) {
                    self.nodes(block)?;
                    if self.out.len() > PAGE_BYTES_MAX {
                        return Err(ErrorStack::runtime("The page is longer than 64 MB."));
                    }
                }
            }
            Node::Include(path) => {
                if self.depth < INCLUDE_DEPTH_MAX
                    && let Some(text) = (self.include)(path)
                {
                    self.depth += 1;
                    let result = self.page(&text);
                    self.depth -= 1;
                    result?;
                }
            }
        }
        Ok(())
    }

    fn each(&mut self, variable: &str, over: &str, block: &[Node<'_>]) -> Result<(), ErrorStack> {
        let Some(over) = self.value(over)? else { return Ok(()) };
        let elements = self.elements(&over)?;
        let name: Text = variable.trim_start_matches('$').into();
        for element in elements {
            self.locals.push((name.clone(), element));
            let result = self.nodes(block);
            self.locals.pop();
            result?;
        }
        Ok(())
    }

    fn elements(&mut self, over: &Value) -> Result<Vec<Value>, ErrorStack> {
        match over {
            Value::Collection(collection) => Ok(collection.to_vec()),
            Value::Object(object) => Ok(object.keys().into_iter().map(Value::Text).collect()),
            Value::Native(native) => {
                let Some(length) = Rc::clone(native).iteration_length(self.process) else {
                    return Ok(Vec::new());
                };
                let mut elements = Vec::new();
                for index in 0..length? {
                    elements.extend(Rc::clone(native).iteration_item(self.process, index)?);
                }
                Ok(elements)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// `4DSCRIPT/Method/Parameter`: the method must be published for the web.
    fn script(&mut self, call: &str) -> Result<(), ErrorStack> {
        let (method, parameter) = call.split_once('/').unwrap_or((call, ""));
        let program = Arc::clone(self.process.program());
        let Some(method) = program.method(method).filter(|method| method.published_web) else {
            self.fault(&ErrorStack::runtime(format!("The method {method} is not available to tags.")));
            return Ok(());
        };
        match self.process.call(&method.routine, Value::Undefined, &[Value::text(parameter)]) {
            Ok(value) => self.out.push_str(&shown(&value)),
            Err(error) if error.fatal => return Err(error),
            Err(error) => self.fault(&error),
        }
        Ok(())
    }

    /// The value of an expression; `None` when it failed.
    fn value(&mut self, source: &str) -> Result<Option<Value>, ErrorStack> {
        let program = Arc::clone(self.process.program());
        let application = Arc::clone(self.context.application());
        let (expression, diagnostics) = parse_expression(source, &application.vocabulary);
        let Some(expression) = expression else {
            let message =
                diagnostics.first().map(|diagnostic| diagnostic.message.clone()).unwrap_or_default();
            self.fault(&ErrorStack::runtime(format!("{source}: {message}")));
            return Ok(None);
        };
        let names: Vec<Text> = self.locals.iter().map(|(name, _)| name.clone()).collect();
        let values: Vec<Value> = self.locals.iter().map(|(_, value)| value.clone()).collect();
        let routine = compile_with_locals(&program, &expression, &names);
        match self.process.call(&routine, Value::Undefined, &values) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.fatal => Err(error),
            Err(error) => {
                self.fault(&error);
                Ok(None)
            }
        }
    }

    fn fault(&mut self, error: &ErrorStack) {
        tracing::warn!(error = %error, "a 4D tag failed");
        self.out.push_str("## Error in tag");
    }
}

fn shown(value: &Value) -> Text {
    match value {
        Value::Text(text) => text.clone(),
        Value::Boolean(true) => "True".into(),
        Value::Boolean(false) => "False".into(),
        Value::Date(date) => date.to_string().into(),
        Value::Time(time) => time.to_string().into(),
        other => other.as_real().map(format_number).unwrap_or_default(),
    }
}

/// HTML-escapes a text.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}
