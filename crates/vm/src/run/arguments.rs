//! Arguments and parameters by number: `$1`, `${$n}`, `Copy parameters`.

use tessera_values::{ErrorStack, Pointer, Value};

use crate::bytecode::Register;
use crate::process::Process;

impl Process {
    pub(super) fn take_arguments(&mut self, from: usize, count: u8) -> smallvec::SmallVec<[Value; 4]> {
        self.stack[from..from + usize::from(count)].iter_mut().map(std::mem::take).collect()
    }

    /// `${number}`
    pub(super) fn parameter(&self, number: i64) -> Value {
        match usize::try_from(number) {
            Ok(0) => self.default_result(),
            Ok(number) => self.frame_arguments().get(number - 1).cloned().unwrap_or_default(),
            Err(_) => Value::Undefined,
        }
    }

    /// `${number} := value`
    pub(super) fn set_parameter(&mut self, number: i64, value: Value) -> Result<(), ErrorStack> {
        let outside = || ErrorStack::runtime(format!("There is no parameter {number}."));
        let number = usize::try_from(number).ok().filter(|n| *n > 0).ok_or_else(outside)?;
        let frame = self.frames.last_mut().ok_or_else(outside)?;
        let declared = frame.code.routine.parameters.len();
        if number <= declared {
            let slot = &mut self.stack[frame.base + number - 1];
            match slot {
                Value::Pointer(Pointer::Variable(variable))
                    if frame.code.routine.boxed.contains(&((number - 1) as Register)) =>
                {
                    *variable.value.borrow_mut() = value;
                }
                slot => *slot = value,
            }
            return Ok(());
        }
        let extra = frame.aside.as_mut().and_then(|aside| aside.extra.get_mut(number - declared - 1));
        *extra.ok_or_else(outside)? = value;
        Ok(())
    }
}
