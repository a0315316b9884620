"""Makes Autobahn|Testsuite, which is written in Python 2, run under Python 3.8 to 3.11.

usage: port.py FOLDER      with the archives of what sources.txt lists in FOLDER

Copies what a fuzzing client and a fuzzing server need to where the Python that runs this looks
for packages, and edits the copy. No edit may change what a case sends or expects. Each says how
often its text is there; any other number is an error, as it is another release then."""

import ast
import re
import shutil
import sys
import sysconfig
from pathlib import Path

from fissix import refactor

SITE = Path(sysconfig.get_paths()["purelib"])
SUITE = SITE / "autobahntestsuite"
AUTOBAHN = SITE / "autobahn"

# What changed in Python's grammar and modules, and can be told without knowing the program.
FIXERS = ("except", "has_key", "import", "numliterals", "print", "raise", "xrange")

# --- The literals of the cases -----------------------------------------------------------------
# In Python 2 a payload is a plain string literal. Here it has to be bytes, while what is for
# people, and the names of events, stay text.

NAMES_OF_EVENTS = {"message", "ping", "pong", "timeout", "A", "B"}
NAMES_OF_TEXTS = {"DESCRIPTION", "EXPECTATION", "__all__", "result", "cc", "desc", "exp", "mt"}
NAMES_OF_TEXTS |= {"C", "Case6_X_X_CaseSubCategories", "vs"}  # a new class, and titles
CALLS_WITH_TEXT = {"encode", "print", "sendClose"}


def name_of(node):
    """The name that is assigned to or called: of `a.b` it is b, of `a[0]` it is a."""
    if isinstance(node, ast.Subscript):
        return name_of(node.value)
    return getattr(node, "attr", getattr(node, "id", None))


class Payloads(ast.NodeVisitor):
    """Collects the string literals that have to be bytes."""

    def __init__(self):
        self.found = []

    def visit_Constant(self, node):
        is_plain = isinstance(node.value, str) and node.kind != "u"
        if is_plain and node.value not in NAMES_OF_EVENTS:
            self.found.append(node)

    def visit_Expr(self, node):
        if not isinstance(node.value, ast.Constant):  # else it is a docstring
            self.generic_visit(node)

    def visit_Assign(self, node):
        if name_of(node.targets[0]) not in NAMES_OF_TEXTS:
            self.visit(node.value)

    def visit_Call(self, node):
        if name_of(node.func) not in CALLS_WITH_TEXT:
            self.generic_visit(node)

    def visit_Dict(self, node):
        for value in node.values:
            self.visit(value)

    def visit_Raise(self, node):
        pass


def with_bytes(source):
    """The source with its payloads as bytes. A literal is as Python 2 reads it: its own bytes."""
    payloads = Payloads()
    payloads.visit(ast.parse(source))
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    data = source.encode()
    for node in reversed(payloads.found):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        charset = "latin-1" if data[begin:end].isascii() else "utf-8"
        data = data[:begin] + repr(node.value.encode(charset)).encode() + data[end:]
    return data.decode()


# --- Edits of files ------------------------------------------------------------------------------


def read(path):
    return path.read_text(encoding="utf-8")


def edit(path, *edits):
    """Replaces texts in a file: (how often it is there, the text, what stands there instead)."""
    source = read(path)
    for times, old, new in edits:
        if source.count(old) != times:
            sys.exit(f"{path}: {old!r} is there {source.count(old)} times, not {times}")
        source = source.replace(old, new)
    path.write_text(source, encoding="utf-8")


def copy(folder):
    for archive in folder.glob("*.tar.gz"):
        shutil.unpack_archive(archive, folder)
    (suite,) = folder.glob("autobahntestsuite-*/autobahntestsuite")
    (autobahn,) = folder.glob("autobahn-*/autobahn")
    for target in (SUITE, AUTOBAHN):
        shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(autobahn, AUTOBAHN)
    SUITE.mkdir()
    for name in ("case", "testdata"):
        shutil.copytree(suite / name, SUITE / name)
    for name in ("_version.py", "caseset.py", "fuzzing.py", "report.py"):
        shutil.copy(suite / name, SUITE / name)
    # The original begins with the modes that are not used here.
    (SUITE / "__init__.py").write_text("from ._version import __version__ as version\n")
    # Not in the list of cases, and of no use without a way to declare interfaces that is gone.
    (SUITE / "case" / "case9_9_1.py").unlink()


def translate():
    tool = refactor.RefactoringTool([f"fissix.fixes.fix_{name}" for name in FIXERS])
    # Behind the style sheets there is a report in another form, which needs one more package.
    report = SUITE / "report.py"
    report.write_text(read(report).split("REPORT_DIR_PERMISSIONS")[0], encoding="utf-8")
    edit(report, (1, "import jinja2\n", ""))
    for path in sorted(SUITE.rglob("*.py")):
        source = str(tool.refactor_string(read(path).rstrip() + "\n", str(path)))
        # The data of the cases of compression are read from files, as bytes.
        if path.match("case/case*_*.py") and path.name != "case12_x_x.py":
            source = with_bytes(source)
        path.write_text(source, encoding="utf-8")


def edit_cases():
    case = SUITE / "case"
    edit(case / "__init__.py", (1, "from case9_9_1 import *\n", ""))
    edits = {
        # Events are compared by what they are, not by how they are serialised.
        "case.py": [(1, "pickle.dumps(obj1) == pickle.dumps(obj2)", "obj1 == obj2")],
        # Items of bytes are numbers.
        "case6_4_2.py": [(2, "PAYLOAD[12]", "PAYLOAD[12:13]")],
        "case6_4_4.py": [(2, "PAYLOAD[12]", "PAYLOAD[12:13]")],
        "case6_x_x.py": [
            (2, "s += chr(i)", "s += bytes([i])"),
            (1, "s += chr(0x20)", "s += bytes([0x20])"),
        ],
        # How many frames there are is a whole number.
        "case10_1_1.py": [(1, "len(self.payload) / self", "len(self.payload) // self")],
    }
    for name, changes in edits.items():
        edit(case / name, *changes)
    for path in sorted(case.glob("case*.py")):
        source = read(path)
        # All classes have `object` as their last base, and hexadecimal digits are text.
        source = source.replace("(object, Case, )", "(Case, )")
        source = re.sub(r"\bbinascii\.(b2a_hex|hexlify)\(", "bytes.hex(", source)
        path.write_text(source, encoding="utf-8")


TEXT = '''

def text(value):
   return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def binLogData'''

# What may be bytes, and is reported as text.
REPORTED = (
    ('"localCloseReason": ', "self.localCloseReason"),
    ('"remoteCloseReason": ', "self.remoteCloseReason"),
    ('"httpRequest": ', "self.http_request_data"),
    ('"httpResponse": ', "self.http_response_data"),
)


def edit_fuzzing():
    edit(
        SUITE / "fuzzing.py",
        # No TLS, so that its packages are not needed.
        (1, "from twisted.internet import reactor, ssl", "from twisted.internet import reactor"),
        (1, "ssl.ClientContextFactory()", "None"),
        # What is sent and received is bytes.
        (5, "binascii.b2a_hex(", "bytes.hex("),
        (1, "data[:maxlen] + ellipses\n", "data[:maxlen] + ellipses.encode()\n"),
        (1, "''.join(payload)", "b''.join(payload)"),
        (1, "json.dumps(len(self.factory.specCases))", "b'%d' % len(self.factory.specCases)"),
        # What is written to a file is text.
        (1, 'case[c[0]], c[1])).encode("utf-8"))', "case[c[0]], c[1])))"),
        (1, "ll.encode('utf8')", "ll"),
        (1, "\n\ndef binLogData", TEXT),
        *((1, key + value, f"{key}text({value})") for key, value in REPORTED),
    )


INFLATE = '''

def inflate(decompressor, data):
    # In the steps of Python 2, whose buffer begins with 16 KiB and doubles: zlib sees only at the
    # end of a step that a peer has gone back further than its window.
    pieces, buffer, step = [], 0, 16384
    while True:
        pieces.append(decompressor.decompress(data, step))
        data = decompressor.unconsumed_tail
        if not data and len(pieces[-1]) < step:
            return b"".join(pieces)
        buffer += step
        step = buffer
'''


def edit_autobahn():
    websocket = AUTOBAHN / "websocket"
    edit(
        websocket / "protocol.py",
        (1, "range(payload_len / len(payload))", "range(payload_len // len(payload))"),
        # A reason that is not UTF-8 has been noticed before; as it came, it goes back.
        (1, "reasonRaw.decode('utf8')", "reasonRaw.decode('utf8', 'replace')"),
        (1, "reasonUtf8=self.remoteCloseReason, isReply", "reasonUtf8=reasonRaw, isReply"),
    )
    deflate = websocket / "compress_deflate.py"
    edit(deflate, (1, "self._decompressor.decompress(data)", "inflate(self._decompressor, data)"))
    deflate.write_text(read(deflate) + INFLATE, encoding="utf-8")


def main():
    copy(Path(sys.argv[1]))
    translate()
    edit_cases()
    edit_fuzzing()
    edit_autobahn()


main()
