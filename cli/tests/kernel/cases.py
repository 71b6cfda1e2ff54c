"""What the kernel does for its clients. `python cases.py NAME` runs one case, in a process of its own."""

import faulthandler
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import zmq
from client import (
    LAB,
    LIBRARY,
    LIMIT,
    ROOT,
    Kernel,
    descendants,
    home_of,
    is_alive,
    printed,
    shown,
    wait_until,
)


def case_protocol():
    """Statuses, parents, counts, silence, and the requests that are not about cells."""
    with Kernel() as kernel:
        info = kernel.ask("kernel_info_request")
        assert info["status"] == "ok" and info["implementation"] == "latentlab", info
        assert info["protocol_version"].startswith("5."), info
        language = info["language_info"]
        assert language["name"] == "rust" and language["file_extension"] == ".rs", info
        assert language["mimetype"] and language["pygments_lexer"] == "rust", info
        assert language["version"].count(".") == 2 and info["banner"], info

        cell = kernel.run("6 * 7").ok()
        states = [c["execution_state"] for c in cell.of("status")]
        assert states == ["busy", "idle"], cell.outputs
        assert cell.outputs[0][1] == "status" and cell.outputs[-1][1] == "status"
        assert cell.of("execute_input") == [{"code": "6 * 7", "execution_count": 1}], cell.outputs
        result = cell.of("execute_result")[0]
        assert result["execution_count"] == 1 and result["data"]["text/plain"] == "42", result
        assert cell.reply["execution_count"] == 1, cell.reply

        silent = kernel.run('println!("not shown"); 1', silent=True)
        assert silent.kinds() == [] and not silent.of("execute_input"), silent.outputs
        unstored = kernel.run("1 + 1", store_history=False).ok()
        assert unstored.reply["execution_count"] == 1, unstored.reply
        empty = kernel.run("  \n").ok()
        assert empty.kinds() == [] and empty.reply["execution_count"] == 1, empty.outputs
        assert kernel.run("2").of("execute_result")[0]["execution_count"] == 2

        expressions = kernel.run("3", user_expressions={"a": "1"}).ok()
        assert expressions.reply["user_expressions"]["a"]["status"] == "error"

        history = kernel.ask("history_request", hist_access_type="tail", n=2, output=False, raw=True)
        assert [entry[2] for entry in history["history"]] == ["2", "3"], history
        search = kernel.ask("history_request", hist_access_type="search", pattern="6*", output=False, raw=True)
        assert search["history"] == [[1, 1, "6 * 7"]], search
        assert kernel.ask("comm_info_request")["comms"] == {}
        for code, status in [("1 + 1", "complete"), ("fn f() {", "incomplete"), ("fn )", "invalid")]:
            assert kernel.ask("is_complete_request", code=code)["status"] == status, code


def case_trust():
    """Unsigned messages are dropped; two clients hear what is theirs; a comm to nobody is closed."""
    with Kernel() as kernel:
        stranger = zmq.Context.instance().socket(zmq.DEALER)
        stranger.connect(f"tcp://127.0.0.1:{kernel.manager.shell_port}")
        header = kernel.client.session.msg_header("execute_request")
        content = {"code": 'std::fs::write("/tmp/latentlab-forged", "").unwrap();', "silent": False}
        parts = [kernel.client.session.pack(part) for part in (header, {}, {}, content)]
        stranger.send_multipart([b"<IDS|MSG>", b"0" * 64, *parts])
        stranger.send_multipart([b"nonsense"])
        stranger.send_multipart([b"<IDS|MSG>"])
        other = kernel.new_client()
        mine, theirs = kernel.send("1 + 1"), other.execute("2 + 2")
        first = kernel.collect(mine)
        second = kernel.collect(theirs, client=other)
        assert first.result()["text/plain"] == "2" and second.result()["text/plain"] == "4"
        assert stranger.poll(500) == 0, "an unsigned request was answered"
        assert not Path("/tmp/latentlab-forged").exists()
        other.stop_channels()
        stranger.close(linger=0)

        message = kernel.client.session.msg("comm_open", {"comm_id": "x", "target_name": "nobody", "data": {}})
        kernel.client.shell_channel.send(message)
        cell = []
        while True:
            published = kernel.client.get_iopub_msg(timeout=60)
            if published["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            cell.append(published)
            if published["msg_type"] == "status" and published["content"]["execution_state"] == "idle":
                break
        closed = [m["content"]["comm_id"] for m in cell if m["msg_type"] == "comm_close"]
        assert closed == ["x"], cell


def case_errors_stop_the_queue():
    """Cells sent together with one that fails are aborted, unless the client says otherwise."""
    with Kernel() as kernel:
        ids = [kernel.send(code) for code in ("let a = 1;", "nonsense", "let b = 2;", "let c = 3;")]
        replies = [kernel.collect(i).reply["status"] for i in ids]
        assert replies == ["ok", "error", "aborted", "aborted"], replies
        ids = [kernel.send(code, stop_on_error=False) for code in ("nonsense", "a + 1")]
        replies = [kernel.collect(i).reply["status"] for i in ids]
        assert replies == ["error", "ok"], replies
        error = kernel.run("let x: i32 = \"a\";\nlet y: String = 1;").error()
        assert error["ename"] == "CompileError" and "1 more error" in error["evalue"], error
        assert "In[" in "\n".join(error["traceback"]) and "command_" not in str(error), error


def case_display():
    """Figures, text and a live bar in one cell, in order and while it runs; updates and clearing."""
    with Kernel() as kernel:
        kernel.run(LIBRARY).ok()
        code = """
        for number in 1..=3 {
            println!("before {number}");
            html(format!("<b>figure {number}</b>")).show();
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        for _ in progress("Waiting", 0..40) {
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        "done"
        """
        cell = kernel.run(code).ok()
        plain = [k for k in cell.kinds() if k != "update_display_data"]
        assert plain == ["stream", "display_data"] * 3 + ["display_data", "execute_result"], cell.outputs
        times = [t for t, kind, _ in cell.outputs if kind == "display_data"]
        end = cell.outputs[-1][0]
        assert times[0] < times[1] < times[2] < end - 0.8, (times, end)
        figures = [c["data"]["text/html"] for c in cell.of("display_data")[:3]]
        assert figures == [f"<b>figure {n}</b>" for n in (1, 2, 3)], figures
        assert all("text/plain" in c["data"] for c in cell.of("display_data"))
        updates = cell.of("update_display_data")
        bar = cell.of("display_data")[3]
        assert len(updates) >= 3, cell.outputs
        assert {u["transient"]["display_id"] for u in updates} == {bar["transient"]["display_id"]}
        final = updates[-1]["data"]["text/plain"]
        assert "Waiting" in final and "40" in final and "\n" not in final.strip(), final

        code = """
        let handle = DisplayHandle::new(&html("<i>1</i>"));
        handle.update(&html("<i>2</i>"));
        clear_output(true);
        latex("$x^2$").show();
        Rich::text("json").json("{\\"a\\": [1, 2]}").show();
        Rich::text("svg").svg("<svg xmlns='http://www.w3.org/2000/svg'/>").show();
        """
        cell = kernel.run(code).ok()
        expected = ["display_data", "update_display_data", "clear_output"] + ["display_data"] * 3
        assert cell.kinds() == expected, cell.outputs
        assert cell.of("clear_output") == [{"wait": True}]
        assert "text/latex" in cell.of("display_data")[1]["data"]
        assert cell.of("display_data")[2]["data"]["application/json"] == {"a": [1, 2]}, cell.outputs
        # A handle outlives its cell.
        cell = kernel.run('handle.update(&html("<i>3</i>"));').ok()
        assert cell.of("update_display_data")[0]["data"]["text/html"] == "<i>3</i>"
        # evcxr's own notation, which other crates use, still works, and keeps its order.
        code = 'for i in 0..3 { println!("EVCXR_BEGIN_CONTENT text/html\\n<p>{i}</p>\\nEVCXR_END_CONTENT"); }'
        cell = kernel.run(code).ok()
        assert [c["data"]["text/html"] for c in cell.of("display_data")] == ["<p>0</p>", "<p>1</p>", "<p>2</p>"]


def case_big_outputs():
    """A million lines, a long line, a big image, and what is beyond the limit."""
    with Kernel() as kernel:
        cell = kernel.run('for i in 0..1_000_000 { println!("line {i}"); }').ok()
        assert cell.text() == "".join(f"line {i}\n" for i in range(1_000_000)), "lines are missing"
        cell = kernel.run('println!("{}", "x".repeat(50_000_000));').ok()
        assert cell.text() == "x" * 50_000_000 + "\n"
        cell = kernel.run('println!("{}", "é".repeat(60_000_000));').ok()
        assert 99_000_000 < len(cell.text().encode()) <= 100_000_000
        assert "more than 100 MB" in cell.text("stderr"), cell.text("stderr")
        kernel.run(LIBRARY).ok()
        cell = kernel.run('Rich::text("big").png(&vec![7u8; 20_000_000]).show();').ok()
        image = cell.of("display_data")[0]["data"]["image/png"]
        assert len(image) == 26_666_668 and image.startswith("BwcH"), len(image)
        cell = kernel.run('Rich::text("t").with("text/html", "x".repeat(120_000_000)).show();').ok()
        assert "not shown" in cell.text("stderr") and not cell.of("display_data")
        assert kernel.run("1 + 1").result()["text/plain"] == "2"


def case_values():
    """What everyday values look like as the last expression, also when the compiler knows no type yet."""
    with Kernel() as kernel:
        kernel.run(LIBRARY).ok()

        def shown(code):
            return kernel.run(code).result()["text/plain"]

        assert shown("let a = 6 * 7;\na") == "42"
        assert shown("let b = 2.5;\nb") == "2.5"
        assert shown("vec![Some(1), None]") == "[Some(1), None]"
        assert shown('("text", \'c\', true)') == '("text", \'c\', true)'
        assert shown("#[derive(Debug)]\nstruct Point { x: i32 }\nPoint { x: 1 }") == "Point { x: 1 }"
        assert shown("Array2::<f64>::zeros((1, 2))").startswith("[[0.0, 0.0]]")
        # The first `?` that the compiler sees, in the line that is shown.
        first = kernel.run('df!("x" => [1, 2])?').result()
        assert "text/html" in first, first
        # A variable that the last line uses up does not change how that line is shown.
        kernel.run("let table = df!(\"x\" => [1, 2])?;").ok()
        used_up = kernel.run("let names = vec![String::from(\"x\")];\ntable.select(names)?").result()
        assert "text/html" in used_up, used_up
        # What cannot be kept is looked at once more, without compiling any dependency in another way.
        error = kernel.run("let double = |x: i32| 2 * x;").error()
        assert "closure" in error["evalue"], error
        error = kernel.run("let double = |x: i32| 2 * y;").error()
        assert "cannot find value `y`" in error["evalue"], error


def case_streams():
    """Text without a newline, both streams in order, and the answer to a question."""
    with Kernel() as kernel:
        assert kernel.run('print!("no newline");').ok().text() == "no newline"
        cell = kernel.run('print!("half"); panic!("after half");')
        assert cell.text() == "half" and cell.error()["ename"] == "Panic"
        # The two streams are two pipes; what is said within a few milliseconds may change places.
        code = 'for i in 0..3 { println!("out {i}"); std::thread::sleep(std::time::Duration::from_millis(10)); eprintln!("err {i}"); std::thread::sleep(std::time::Duration::from_millis(10)); }'
        cell = kernel.run(code).ok()
        said = [(c["name"], c["text"]) for c in cell.of("stream")]
        assert "".join(text for _, text in said).split("\n")[:6] == [
            f"{name} {i}" for i in range(3) for name in ("out", "err")
        ], said
        # A loop amounts to nothing that should be shown.
        assert cell.kinds().count("execute_result") == 0
        code = 'print!("shown at once"); std::io::Write::flush(&mut std::io::stdout()).unwrap(); std::thread::sleep(std::time::Duration::from_secs(1));'
        cell = kernel.run(code).ok()
        first = next(t for t, kind, _ in cell.outputs if kind == "stream")
        assert first < cell.outputs[-1][0] - 0.8, cell.outputs
        question = """
        print!("before ");
        println!("EVCXR_INPUT_REQUEST:Your name?");
        let mut name = String::new();
        std::io::stdin().read_line(&mut name)?;
        println!("hello {}", name.trim());
        """
        for name in ("Ada", "Grace Hopper", ""):
            message_id = kernel.send(question, allow_stdin=True)
            asked = kernel.client.get_stdin_msg(timeout=LIMIT)
            assert asked["msg_type"] == "input_request", asked
            assert asked["content"] == {"prompt": "Your name?", "password": False}, asked
            assert asked["parent_header"]["msg_id"] == message_id
            kernel.client.input(name)
            said = kernel.collect(message_id).ok().text()
            assert said == f"before hello {name}\n", said
        # A question that nobody answers can be stopped.
        message_id = kernel.send(question, allow_stdin=True)
        kernel.client.get_stdin_msg(timeout=LIMIT)
        kernel.manager.interrupt_kernel()
        assert kernel.collect(message_id).error()["ename"] == "KeyboardInterrupt"
        assert kernel.run("1 + 1").result()["text/plain"] == "2"


def case_interrupt():
    """Stop ends the library's loops within a second; variables and the half-trained model stay."""
    with Kernel() as kernel:
        kernel.run(LIBRARY).ok()
        kernel.run("let mut weight = Tensor::zeros([1], (Kind::Float, Device::Cpu));\nlet kept = 7;").ok()
        training = """
        for _ in progress("Training", 0..1_000_000) {
            weight += 1.0;
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        println!("after the loop");
        """
        cell = kernel.run_interrupted(training, shown)
        error = cell.error()
        assert error["ename"] == "KeyboardInterrupt", error
        assert cell.after < 1.5, cell.after
        assert "after the loop" in cell.text(), "the loop returned what it had"
        last = cell.of("display_data", "update_display_data")[-1]["data"]["text/plain"]
        assert "stopped" in last, last
        weight = float(kernel.run("weight.double_value(&[0])").result()["text/plain"])
        assert 0 < weight < 1_000_000, weight
        assert kernel.run("kept").result()["text/plain"] == "7"
        # A loop of one's own.
        own = 'println!("go"); while !interrupt::requested() { std::thread::sleep(std::time::Duration::from_millis(5)); }'
        cell = kernel.run_interrupted(own, printed("go"))
        assert cell.error()["ename"] == "KeyboardInterrupt" and cell.after < 1.5
        # The rest of a queue is not run.
        ids = [kernel.send(own), kernel.send("let never = 1;")]
        time.sleep(1.5)
        kernel.manager.interrupt_kernel()
        assert [kernel.collect(i).reply["status"] for i in ids] == ["error", "aborted"]
        # With nothing running there is nothing to stop.
        for _ in range(100):
            kernel.interrupt()
        assert kernel.run("kept + 1").result()["text/plain"] == "8"
        # A path of graphical lassos: what is finished is returned.
        samples = """
        let rows: usize = 400;
        let columns: usize = 160;
        let noise: Vec<f64> = (0..rows * columns).map(|i| ((i * 7919 + i * i * 31) % 1009) as f64 / 1009.0 - 0.5).collect();
        let samples = latentlab::ndarray::Array2::from_shape_vec((rows, columns), noise)?;
        """
        kernel.run(samples).ok()
        fit = "let path = GraphicalLassoPath::new(5_000).fit(&samples)?;\nlet finished: usize = path.points().len();"
        cell = kernel.run_interrupted(fit, shown)
        assert cell.error()["ename"] == "KeyboardInterrupt" and cell.after < 1.5, (cell.after, cell.outputs)
        finished = int(kernel.run("finished").result()["text/plain"])
        assert 0 < finished < 5_000, finished
        # In the middle of compiling.
        message_id = kernel.send("let many: Vec<String> = (0..10).map(|i| i.to_string()).collect();")
        time.sleep(0.05)
        kernel.manager.interrupt_kernel()
        assert kernel.collect(message_id).error()["ename"] == "KeyboardInterrupt"
        assert kernel.run("kept + 2").result()["text/plain"] == "9"


def case_interrupt_by_force():
    """A cell that never looks is ended on the second press or after the grace time; losses are named."""
    with Kernel() as kernel:
        kernel.run("let precious = vec![1];\nfn helper() -> i32 { 5 }").ok()
        endless = 'println!("go"); loop { std::hint::black_box(0); }'
        cell = kernel.run_interrupted(endless, printed("go"), presses=2)
        error = cell.error()
        assert error["ename"] == "KeyboardInterrupt", error
        assert "`precious`" in "\n".join(error["traceback"]) and cell.after < 3, (error, cell.after)
        assert kernel.run("helper()").result()["text/plain"] == "5"
        kernel.run("let precious = vec![2];").ok()
        cell = kernel.run_interrupted(endless, printed("go"))
        assert 3 < cell.after < 12 and cell.error()["ename"] == "KeyboardInterrupt", cell.after
        kernel.run("let precious = vec![3];").ok()
        assert kernel.run("precious[0]").result()["text/plain"] == "3"


def case_crashes():
    """Every way to go wrong gives one error in plain words, and the next cell runs."""
    with Kernel() as kernel:
        kernel.run(LIBRARY).ok()

        def explained(code, name, *words):
            kernel.run("let before = 1;").ok()
            error = kernel.run(code).error()
            text = "\n".join(error["traceback"])
            assert error["ename"] == name, error
            for word in words:
                assert word in text, (word, text)
            assert "stack backtrace" not in text, text
            return text

        lost, kept = "`before` is gone", "are kept"
        explained("let v = vec![1];\nlet i = 3;\nv[i]", "Panic", "line 3", "v[i]", "index is 3", kept)
        assert kernel.run("before").result()["text/plain"] == "1"
        kernel.run("fn checked(x: i32) -> i32 {\n    assert!(x > 0, \"x is {x}\");\n    x\n}").ok()
        explained("checked(-1)", "Panic", "x is -1", "line 2")
        explained('std::fs::read_to_string("/nowhere")?;', "Error", "No such file")
        shapes = "Tensor::from_slice(&[1.0, 2.0]).dot(&Tensor::from_slice(&[1.0, 2.0, 3.0]))"
        text = explained(shapes, "Panic", "libtorch:", kept)
        assert "Exception raised from" not in text, text
        assert kernel.run("before").result()["text/plain"] == "1"
        explained("std::process::exit(3)", "Exit", "exit code 3", lost)
        explained("std::process::abort()", "Abort", lost)
        deep = "fn deep(n: u64) -> u64 { let a = [n; 500]; std::hint::black_box(&a); deep(n + 1) + a[3] }\ndeep(0)"
        explained(deep, "StackOverflow", "recursion", lost)
        explained("unsafe { std::ptr::read_volatile(std::ptr::null::<i32>()) }", "SegmentationFault", lost)
        explained("let v: Vec<u8> = Vec::with_capacity(1 << 46); v.len()", "OutOfMemory", lost)
        foreign = """
        #[link(name = "stdc++")]
        unsafe extern "C-unwind" { #[link_name = "_ZSt20__throw_length_errorPKc"] fn throw(what: *const std::ffi::c_char) -> !; }
        std::thread::spawn(|| unsafe { throw(c"too long".as_ptr()) }).join().ok();
        """
        explained(foreign, "CppException", "C++", lost)
        killed = 'std::process::Command::new("kill").args(["-9", &std::process::id().to_string()]).status()?;\nstd::thread::sleep(std::time::Duration::from_secs(60));'
        explained(killed, "Killed", "memory", lost)
        # What a cell has started does not hold up the end of a cell that crashes.
        orphan = 'std::process::Command::new("sleep").arg("60").spawn()?;\nstd::process::abort()'
        started = time.time()
        explained(orphan, "Abort")
        assert time.time() - started < 30
        moved = kernel.run("let owned = String::from(\"a\");").ok()
        error = kernel.run("let taken = owned;\npanic!(\"no\")").error()
        assert "`owned`" in "\n".join(error["traceback"]), error


def case_engine_killed():
    """When the engine itself is killed, the cell says so, and another engine takes over."""
    with Kernel() as kernel:
        kernel.run("let a = 1;").ok()
        engine = next(
            p for p in descendants(kernel.process)
            if b"--control_file" in Path(f"/proc/{p}/cmdline").read_bytes()
        )
        threading.Timer(1.0, os.kill, (engine, signal.SIGKILL)).start()
        error = kernel.run('loop { std::thread::sleep(std::time::Duration::from_millis(10)); }').error()
        assert error["ename"] == "KernelError" and "`a`" in "\n".join(error["traceback"]), error
        assert kernel.run("1 + 1").result()["text/plain"] == "2"
        # The cells' process, while no cell runs.
        kernel.run("let b = 1;").ok()
        cells = next(
            p for p in descendants(kernel.process)
            if b"LATENTLAB_RELAYED=1" in Path(f"/proc/{p}/environ").read_bytes()
        )
        os.kill(cells, signal.SIGKILL)
        time.sleep(0.5)
        error = kernel.run("b").error()
        assert error["ename"] == "Killed" and "`b`" in "\n".join(error["traceback"]), error
        assert kernel.run("1 + 1").result()["text/plain"] == "2"


def case_variables():
    """The table of variables, with shapes and memory."""
    with Kernel() as kernel:
        kernel.run(LIBRARY).ok()
        kernel.run('let t = Tensor::zeros([3, 4], (Kind::Float, Device::Cpu));\nlet names = vec!["a".to_string()];\nstruct Own;\nlet own = Own;').ok()
        data = kernel.run(":vars").ok().result()
        page, text = data["text/html"], data["text/plain"]
        for word in ("names", "own", "Tensor", "f32", "CPU", "3 × 4", "Vec<String>"):
            assert word in text, (word, text)
        assert "<table" in page, page
        # Looking changes nothing.
        assert kernel.run("t.size()").result()["text/plain"] == "[3, 4]"


def case_completion():
    """Completion and hover know the library, right after start."""
    with Kernel() as kernel:
        dependency = LIBRARY.split("\n")[0]
        code = f"{dependency}\nuse latentlab::prelude::Heat"
        reply = kernel.ask("complete_request", code=code, cursor_pos=len(code))
        assert reply["status"] == "ok" and "HeatMap" in reply["matches"], reply
        kernel.run(LIBRARY).ok()
        code = "let chart = LineChart::n"
        reply = kernel.ask("complete_request", code=code, cursor_pos=len(code))
        assert any(match.startswith("new") for match in reply["matches"]), reply
        kernel.run("let tensor = Tensor::from_slice(&[1.0]);").ok()
        code = "tensor.shallow_"
        reply = kernel.ask("complete_request", code=code, cursor_pos=len(code))
        assert any("shallow_clone" in match for match in reply["matches"]), reply
        code = "GraphicalLasso"
        reply = kernel.ask("inspect_request", code=code, cursor_pos=5, detail_level=0)
        assert reply["status"] == "ok" and reply["found"], reply
        assert "GraphicalLasso" in json.dumps(reply["data"]), reply


def case_builds():
    """Dependencies of one's own beside the library, statics that cells share, and the library's types."""
    with Kernel() as kernel:
        kernel.run(LIBRARY).ok()
        # The same crates as the library's are the same types.
        kernel.run("let m: latentlab::ndarray::Array2<f64> = Array2::eye(2);").ok()
        kernel.run("let graph = latentlab::petgraph::graph::UnGraph::<&str, f64>::new_undirected();").ok()
        kernel.run('let frame = df!["a" => [1.5, 2.5]]?;').ok()
        assert "1.5" in kernel.run("frame").ok().result()["text/plain"]
        # libtorch's and the library's own state is one for all cells.
        kernel.run("latentlab::tch::manual_seed(3);\nlet first = Tensor::rand([2], (Kind::Float, Device::Cpu));").ok()
        kernel.run("latentlab::tch::manual_seed(3);").ok()
        cell = kernel.run("Tensor::rand([2], (Kind::Float, Device::Cpu)).equal(&first)").ok()
        assert cell.result()["text/plain"] == "true"
        warning = kernel.run("let unused = 3; let x = 5;").ok()
        assert warning.kinds() == [], warning.outputs
        # A change that the compiler could see goes to the real cargo.
        kernel.run(":build_env LATENTLAB_TEST_WORD=seen").ok()
        assert kernel.run('env!("LATENTLAB_TEST_WORD")').result()["text/plain"] == '"seen"'
        assert kernel.run("first.size()").result()["text/plain"] == "[2]"


def case_leaving():
    """Shutdown and restart leave no process and no folder, also in the middle of a cell."""
    kernel = Kernel()
    kernel.run("let a = 1;").ok()
    home, processes = home_of(kernel.process), descendants(kernel.process)
    assert home.is_dir() and len(processes) >= 4, processes
    kernel.send("loop {}")
    time.sleep(1.5)
    processes = descendants(kernel.process)
    kernel.manager.restart_kernel(now=False)
    kernel.client.wait_for_ready(timeout=120)
    assert wait_until(lambda: not any(map(is_alive, processes))), "processes of the old kernel live"
    assert wait_until(lambda: not home.exists()), "the old kernel's folder is still there"
    assert kernel.run("let b = 2;").ok() and kernel.run("a").reply["status"] == "error"
    home, processes = home_of(kernel.process), descendants(kernel.process)
    kernel.stop()
    assert wait_until(lambda: not any(map(is_alive, processes))), "processes live after shutdown"
    assert wait_until(lambda: not home.exists()), "the kernel's folder is still there"


def case_killed_client():
    """A server that is killed takes its kernels with it, whatever they are doing."""
    script = (
        "import os, sys, time\nsys.path.insert(0, os.environ['CASES'])\nfrom client import *\n"
        "kernel = Kernel()\nkernel.run('1').ok()\nkernel.send('loop {}')\ntime.sleep(1.5)\n"
        "print(kernel.process, flush=True)\ntime.sleep(600)\n"
    )
    here = str(Path(__file__).parent)
    server = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "CASES": here}
    )
    process = int(server.stdout.readline())
    home, processes = home_of(process), descendants(process)
    server.kill()
    server.wait()
    assert wait_until(lambda: not any(map(is_alive, processes))), "the kernel outlives its server"
    assert wait_until(lambda: not home.exists())


def case_side_by_side():
    """Two kernels build at once and keep apart."""
    with Kernel() as one, Kernel() as other:
        for kernel in (one, other):
            kernel.send(LIBRARY)
        for number in range(8):
            ids = [
                (kernel, kernel.send(f"let v{number}: i64 = {number} * {factor};\nv{number}"))
                for kernel, factor in ((one, 1), (other, 100))
            ]
            values = [kernel.collect(i).result()["text/plain"] for kernel, i in ids]
            assert values == [str(number), str(number * 100)], values


def case_stock_notebook():
    """The library writes what a stock kernel understands when ours is not there."""
    with Kernel() as kernel:
        # Without the channel the library takes the kernel for a stock one.
        cell = kernel.run(LIBRARY + '\nunsafe { std::env::remove_var("LATENTLAB_CHANNEL") };').ok()
        cell = kernel.run('html("<b>x</b>").show(); for _ in progress("p", 0..3) {} html("<i>y</i>")').ok()
        pages = [c["data"]["text/html"] for c in cell.of("display_data", "execute_result") if "text/html" in c["data"]]
        assert pages == ["<b>x</b>", "<i>y</i>"], cell.outputs


if __name__ == "__main__":
    # A case that hangs says where.
    faulthandler.dump_traceback_later(240, exit=True)
    globals()[f"case_{sys.argv[1]}"]()
    print("ok")
