"""Three hundred cells of every kind in one kernel: what stays right, and what must not grow.

The order is drawn with a fixed seed; SOAK_CELLS in the environment sets another number of cells.
"""

import os
import random
import time
from pathlib import Path

from client import LIBRARY, Kernel, descendants, home_of, is_alive, printed, wait_until

CELLS = int(os.environ.get("SOAK_CELLS", "300"))
# What the proxy may gain from the tenth cell to the last; outputs are not kept.
GROWTH = 8 * 1024 * 1024


def resident(process):
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no memory in /proc")


def open_files(process):
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


class Model:
    """What the notebook's variables must be."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.total = None

    def define(self):
        self.kernel.run("let mut total: i64 = 0;").ok()
        self.total = 0

    def check(self):
        if self.total is None:
            self.define()
        value = self.kernel.run("total").ok().result()["text/plain"]
        assert int(value) == self.total, (value, self.total)

    def add(self):
        self.check()
        self.kernel.run("total += 3;\ntotal").ok()
        self.total += 3

    def printing(self):
        cell = self.kernel.run('for i in 0..200 { println!("line {i}"); }').ok()
        assert cell.text().count("\n") == 200

    def figure(self):
        cell = self.kernel.run('html("<b>x</b>").show(); html("<b>y</b>").show();').ok()
        assert cell.kinds() == ["display_data", "display_data"], cell.outputs

    def bad_code(self):
        assert self.kernel.run('let x: i32 = "a";').error()["ename"] == "CompileError"

    def panic(self):
        self.check()
        assert self.kernel.run('total += 1;\npanic!("soak")').error()["ename"] == "Panic"
        self.total += 1

    def question_mark(self):
        assert self.kernel.run('std::fs::read_to_string("/nowhere")?;').error()["ename"] == "Error"

    def crash(self):
        assert self.kernel.run("std::process::abort()").error()["ename"] == "Abort"
        self.total = None

    def stop(self):
        self.check()
        code = 'println!("go");\nfor _ in progress("Soak", 0..1_000_000) { total += 0; std::thread::sleep(std::time::Duration::from_millis(1)); }'
        cell = self.kernel.run_interrupted(code, printed("go"))
        assert cell.error()["ename"] == "KeyboardInterrupt"

    def stop_by_force(self):
        code = 'println!("go");\nloop { std::hint::black_box(0); }'
        cell = self.kernel.run_interrupted(code, printed("go"), presses=2, pause=0.1)
        assert cell.error()["ename"] == "KeyboardInterrupt"
        self.total = None


def main():
    draw = random.Random(7)
    with Kernel() as kernel:
        kernel.run(LIBRARY).ok()
        model = Model(kernel)
        kinds = {
            model.add: 8, model.printing: 4, model.figure: 4, model.bad_code: 4, model.panic: 3,
            model.question_mark: 3, model.crash: 1, model.stop: 3, model.stop_by_force: 1,
        }
        start = None
        for number in range(CELLS):
            draw.choices(list(kinds), weights=list(kinds.values()))[0]()
            if number == 10:
                start = (resident(kernel.process), open_files(kernel.process), len(descendants(kernel.process)))
        model.check()
        # A hundred presses of stop, one after the other.
        for _ in range(min(100, CELLS)):
            model.stop()
        model.check()
        wait_until(lambda: len(descendants(kernel.process)) == start[2], 5)
        end = (resident(kernel.process), open_files(kernel.process), len(descendants(kernel.process)))
        print(f"memory, files, processes: {start} at the start, {end} at the end")
        assert end[0] - start[0] < GROWTH, "the kernel's memory grows"
        assert end[1] <= start[1] + 2, "the kernel leaves files open"
        assert end[2] == start[2], "a process was left behind"
        home, processes = home_of(kernel.process), descendants(kernel.process)
    assert wait_until(lambda: not any(map(is_alive, processes))), "processes live on"
    assert not home.exists(), f"{home} was left: {sorted(home.rglob('*'))[:9]}"


if __name__ == "__main__":
    began = time.time()
    main()
    print(f"ok, {CELLS} cells and the interrupts in {time.time() - began:.0f} s")
