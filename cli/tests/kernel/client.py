"""A Jupyter client that drives this project's kernel, for the tests beside it.

A test is a function whose name begins with `case_`; `python cases.py NAME` runs it.
"""

import os
import threading
import time
from pathlib import Path

from jupyter_client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

ROOT = os.environ["LATENTLAB_TEST_ROOT"]
LAB = os.environ["LATENTLAB_TEST_LAB"]
LIBRARY = f':dep latentlab = {{ path = "{ROOT}" }}\nuse latentlab::prelude::*;'
# Nothing here takes this long unless it hangs.
LIMIT = 300


class Cell:
    """What one execution brought: its outputs in order, with the time since the request, and the reply."""

    def __init__(self, outputs, reply, seconds):
        self.outputs = outputs
        self.reply = reply
        self.seconds = seconds

    def of(self, *kinds):
        return [content for _, kind, content in self.outputs if kind in kinds]

    def kinds(self):
        return [kind for _, kind, _ in self.outputs if kind not in ("status", "execute_input")]

    def text(self, name="stdout"):
        return "".join(c["text"] for c in self.of("stream") if c["name"] == name)

    def result(self):
        results = self.of("execute_result")
        assert len(results) == 1, self.outputs
        return results[0]["data"]

    def error(self):
        errors = self.of("error")
        assert len(errors) == 1, self.outputs
        return errors[0]

    def ok(self):
        assert self.reply["status"] == "ok", (self.reply, self.outputs)
        return self


class Kernel:
    """A kernel of its own process, started as Jupyter does."""

    def __init__(self, cwd=None, **variables):
        self.manager = KernelManager()
        self.manager._kernel_spec = KernelSpec(
            argv=[LAB, "kernel", "start", "-f", "{connection_file}"],
            display_name="Rust",
            language="rust",
            interrupt_mode="message",
            env={"LATENTLAB_ROOT": ROOT, **variables},
        )
        # Messages and replies to requests that nobody has asked for yet.
        self.kept = {}
        self.replies = {}
        self.manager.start_kernel(cwd=cwd)
        self.client = self.new_client()

    def new_client(self):
        # Each client has a session of its own, by which the kernel tells them apart.
        client = BlockingKernelClient(connection_file=self.manager.connection_file)
        client.load_connection_file()
        client.start_channels()
        client.wait_for_ready(timeout=LIMIT)
        return client

    @property
    def process(self):
        return self.manager.provisioner.process.pid

    def send(self, code, client=None, **options):
        return (client or self.client).execute(code, **options)

    def collect(self, message_id, client=None, on_output=None, started=None):
        """Everything that belongs to a request, until the kernel is idle again and has replied."""
        client = client or self.client
        started = started or time.time()
        outputs = []
        while True:
            message = self.next_of(message_id, client)
            kind, content = message["msg_type"], message["content"]
            outputs.append((time.time() - started, kind, content))
            if on_output:
                on_output(kind, content)
            if kind == "status" and content["execution_state"] == "idle":
                break
        reply = self.reply_to(message_id, client)
        return Cell(outputs, reply, time.time() - started)

    def next_of(self, message_id, client):
        """The next published message of a request; those of others are kept for them."""
        kept = self.kept.get((id(client), message_id))
        if kept:
            return kept.pop(0)
        while True:
            message = client.get_iopub_msg(timeout=LIMIT)
            parent = message["parent_header"].get("msg_id")
            if parent == message_id:
                return message
            self.kept.setdefault((id(client), parent), []).append(message)

    def run(self, code, on_output=None, **options):
        started = time.time()
        return self.collect(self.send(code, **options), on_output=on_output, started=started)

    def run_interrupted(self, code, when, presses=1, pause=0.3):
        """Runs a cell and presses stop as soon as `when(kind, content)` holds."""
        pressed = threading.Event()
        seen = []

        def press():
            for _ in range(presses):
                seen.append(time.time())
                self.manager.interrupt_kernel()
                time.sleep(pause)

        def on_output(kind, content):
            if not pressed.is_set() and when(kind, content):
                pressed.set()
                threading.Thread(target=press, daemon=True).start()

        cell = self.run(code, on_output=on_output)
        assert seen, ("never interrupted", cell.outputs)
        cell.after = time.time() - seen[0]
        return cell

    def interrupt(self):
        """Presses stop, and returns when the kernel has taken it in."""
        message = self.client.session.msg("interrupt_request", {})
        self.client.control_channel.send(message)
        while True:
            reply = self.client.get_control_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return

    def ask(self, kind, **content):
        """A request on the shell channel; its reply."""
        message = self.client.session.msg(kind, content)
        self.client.shell_channel.send(message)
        return self.reply_to(message["header"]["msg_id"])

    def reply_to(self, message_id, client=None):
        while message_id not in self.replies:
            reply = (client or self.client).get_shell_msg(timeout=LIMIT)
            self.replies[reply["parent_header"].get("msg_id")] = reply["content"]
        return self.replies.pop(message_id)

    def stop(self):
        self.client.stop_channels()
        # A busy machine must not decide: after this time the kernel is killed, and its folder stays.
        self.manager.shutdown_wait_time = 60
        self.manager.shutdown_kernel()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.manager.has_kernel:
            self.stop()


def printed(text):
    """A condition for `run_interrupted`: a line has been printed."""
    return lambda kind, content: kind == "stream" and text in content["text"]


def shown(kind, content):
    """A condition for `run_interrupted`: something is displayed or updated."""
    return kind in ("display_data", "update_display_data")


def descendants(process):
    """The processes below one, itself included."""
    children = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            parent = int(stat.rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], [process]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(children.get(current, []))
    return found


def is_alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        return state != "Z"
    except OSError:
        return False


def wait_until(condition, limit=30):
    deadline = time.time() + limit
    while time.time() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def kernels_folder():
    cache = os.environ.get("LATENTLAB_CACHE") or (
        os.path.join(os.environ["XDG_CACHE_HOME"], "latentlab")
        if os.environ.get("XDG_CACHE_HOME")
        else os.path.expanduser("~/.cache/latentlab")
    )
    return Path(cache) / "kernels"


def home_of(process):
    """The folder of a kernel, by the mark of its owner."""
    for folder in kernels_folder().iterdir():
        try:
            if (folder / "owner").read_text().strip() == str(process):
                return folder
        except OSError:
            continue
    raise AssertionError(f"no folder of the kernel {process}")
