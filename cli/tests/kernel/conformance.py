"""The ecosystem's conformance suite, jupyter_kernel_test, on this kernel.

Left out, and why:
- `code_page_something`: Rust has no pager, and evcxr no `?name` syntax that would open one.
- `test_recv_iopub_welcome_msg`: an extension of the protocol (JEP 65) for sockets that tell who
  subscribes; clients that miss it ask for the kernel's description until they hear it, as they always did.
"""

import unittest

import jupyter_kernel_test
from client import LIBRARY, Kernel


class LatentlabTests(jupyter_kernel_test.KernelTests):
    kernel_name = "rust"
    language_name = "rust"
    file_extension = ".rs"
    code_hello_world = 'println!("hello, world");'
    code_stderr = 'eprintln!("oops");'
    completion_samples = [
        {"text": "std::collections::HashM", "matches": ["HashMap"]},
        {"text": "latentlab::prelude::Heat", "matches": ["HeatMap"]},
    ]
    complete_code_samples = ["1 + 1", "fn f() -> i32 { 1 }", "let a = 1;", ":vars", "// a comment"]
    incomplete_code_samples = ["fn f() {", "let a = [1,", "/* open", '"open']
    invalid_code_samples = ["fn )", "let 1 2 3;", "}"]
    code_generate_error = "let x: i32 = \"a\";"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "vec![1, 2]", "result": "[1, 2]"},
        {"code": "html(\"<b>x</b>\")", "mime": "text/html", "result": "<b>x</b>"},
    ]
    code_display_data = [
        {"code": "html(\"<b>x</b>\").show();", "mime": "text/html"},
        {"code": "markdown(\"*x*\").show();", "mime": "text/markdown"},
        {"code": "latex(\"$x$\").show();", "mime": "text/latex"},
        {"code": "Rich::text(\"x\").svg(\"<svg/>\").show();", "mime": "image/svg+xml"},
        {"code": "Rich::text(\"x\").png(&[1, 2, 3]).show();", "mime": "image/png"},
    ]
    code_history_pattern = "6 ?*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "GraphicalLasso"
    code_clear_output = "clear_output(false);"

    @classmethod
    def setUpClass(cls):
        # Started as all tests here do, so that it is the kernel of this build.
        cls.kernel = Kernel()
        cls.km, cls.kc = cls.kernel.manager, cls.kernel.client
        cls.kernel.run(LIBRARY).ok()

    @classmethod
    def tearDownClass(cls):
        cls.kernel.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
