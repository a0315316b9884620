#!/usr/bin/env python3
"""Prepares a file for Doxygen: the header, the C++ header or a page of Markdown.

The comments of the header are written for people who read the header. Here their paragraphs
"Errors:" and "Thread:" become headings, names of the library become links (so that a name that does
not exist is a warning), and each declaration joins a group: that of the source file that defines
it, in the order of src/ffi/mod.rs.

usage: docs/filter.py FILE      the result goes to standard output
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FFI = ROOT / "src" / "ffi"

# What is defined outside of the file of its noun.
ELSEWHERE = {"oxws_error": "status", "oxws_loop": "event_loop", "oxws_protocol": "protocol"}
FILES_WITHOUT_NOUN = {"parcel": "message"}
MACRO_GROUPS = {"OXWS_LIBRARY_VERSION": "library", "OXWS_PROTOCOL": "constants"}

DECLARED = [
    re.compile(pattern)
    for pattern in (
        r"#define (\w+)",
        r"enum (\w+)",
        r"typedef struct \w+ (\w+);",
        r"typedef [^(]*\(\*(\w+)\)",
        r"typedef \w+ (\w+);",
        r"[\w ]+?[ *](\w+)\(",
    )
]
DEFINED = re.compile(
    r"^pub (?:const|enum|struct|type) (\w+)|^pub (?:unsafe )?extern \"C\" fn (\w+)", re.M
)
SETTER_IN_C = re.compile(r"\bfn oxws_config_(on_\w+)")
SETTER_IN_CXX = re.compile(r"\bConfig &(on_\w+)\(")
NAME = re.compile(r"`((?:oxws|OXWS)_\w*[A-Za-z0-9]|on_[a-z_]+|oxws::[\w:]+)(?:\(\))?`")


def modules():
    """The files of src/ffi that are public, in their order."""
    text = (FFI / "mod.rs").read_text()
    return re.findall(r"^pub mod (\w+);", text, re.M)


def sources():
    return {module: (FFI / f"{module}.rs").read_text() for module in modules()}


def groups_of_names(texts):
    """Which group each name belongs to."""
    groups = {}
    for module, text in texts.items():
        for names in DEFINED.findall(text):
            groups[names[0] or names[1]] = FILES_WITHOUT_NOUN.get(module, module)
    return groups | ELSEWHERE


def group_of(name, groups):
    for prefix, module in MACRO_GROUPS.items():
        if name.startswith(prefix):
            return module
    return groups.get(name)


def link(text):
    """Names in code style become links; `on_open` leads to the function that sets it."""

    def replace(match):
        name = match.group(1)
        if name.startswith("on_"):
            if name not in SETTERS:
                return match.group(0)
            return f'<code>@ref {SETTERS[name]} "{name}"</code>'
        return f'<code>@ref {name} "{name}"</code>'

    return NAME.sub(replace, text)


def paragraphs(lines):
    """The text of a comment, one list of lines for each paragraph."""
    found = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def comment(lines, group, indent):
    """A comment in Doxygen's terms: the first sentence is the brief one."""
    out = []
    for number, paragraph in enumerate(paragraphs(lines)):
        text = link("\n".join(paragraph))
        heading = re.match(r"(Errors|Thread)(,[^:]*)?: ", text)
        if heading:
            title = heading.group(1) + (heading.group(2) or "")
            text = text[heading.end():]
            out += [f"@par {title}", text[:1].upper() + text[1:], ""]
        elif number == 0 and not text.startswith("@"):
            first, rest = split_sentence(text)
            out += [f"@brief {first}", ""] + ([rest, ""] if rest else [])
        else:
            out += [text, ""]
    if group:
        out.insert(0, f"@ingroup {group}")
    body = "\n".join(out).rstrip("\n").split("\n")
    return [f"{indent}/// {line}".rstrip() for line in body]


def split_sentence(text):
    end = re.search(r"\.(?=\s+[A-Z0-9`<\"])", text)
    if not end:
        return text, ""
    return text[: end.end()], text[end.end():].lstrip()


def declared_name(line):
    for pattern in DECLARED:
        match = pattern.match(line)
        if match:
            return match.group(1)
    return None


def rules(head):
    """The general rules at the top of the header, as a page: words in capitals begin a section."""
    out = ["/** @file", " * @brief The interface in C.", " */"]
    out += ["/** @page rules General rules", " *"]
    for paragraph in paragraphs([line[3:] if line.startswith(" * ") else "" for line in head]):
        text = re.sub(r"\n {4,}", " ", "\n".join(paragraph))
        text = re.sub(r'^ {2}(".*?") +', r"- \1 ", text, flags=re.M)
        title = re.match(r"((?:[A-Z]{2,}[ ]?)+(?:fork\(\))?)[.,]?\s", text)
        if title:
            words = title.group(1).strip().capitalize()
            anchor = words.split()[-1].strip("()").lower()
            out += [f" * @section rules_{anchor} {words}", " *"]
            # Capitals that begin a sentence stay a part of it.
            if title.group(0).rstrip().endswith("."):
                text = text[title.end():]
        out += [f" * {line}" for line in link(text).split("\n")] + [" *"]
    return out + [" */"]


def group_definitions(texts, used):
    out = []
    for module, text in texts.items():
        if module not in used:
            continue
        words = " ".join(line[4:] for line in text.split("\n") if line.startswith("//! "))
        sentence, _ = split_sentence(words)
        title = module.replace("_", " ").capitalize()
        out += [f"/** @defgroup {module} {title}", f" * @brief {link(sentence)}", " */"]
    return out


def declarations(lines, group):
    """The lines with each comment made Doxygen's; `group` tells that of the line behind it."""
    out = []
    pending = []
    for line in lines:
        stripped = line.lstrip()
        if stripped.startswith("///") and not stripped.startswith("///<"):
            pending.append(stripped[3:].removeprefix(" "))
            continue
        if pending:
            indent = line[: len(line) - len(stripped)]
            out += comment(pending, group(line), indent)
            pending = []
        out.append(line)
    return out


def header(text):
    texts = sources()
    groups = groups_of_names(texts)
    lines = text.split("\n")
    end = lines.index(" */")
    out = rules(lines[1:end]) + group_definitions(texts, set(groups.values()))
    out += declarations(lines[end + 1:], lambda line: group_of(declared_name(line) or "", groups))
    return "\n".join(out)


def cxx_header(text):
    return "\n".join(declarations(text.split("\n"), lambda line: None))


def page(text):
    """Markdown: names become links, but not in blocks of code."""
    out = []
    is_code = False
    for line in text.split("\n"):
        if line.startswith("```"):
            is_code = not is_code
        out.append(line if is_code or line.startswith("#") else link(line))
    return "\n".join(out)


def setters(path):
    """What sets each callback, in the language of the file."""
    if path.suffix == ".hpp":
        texts = (ROOT / "include").rglob("*.hpp")
        found, prefix = SETTER_IN_CXX, "oxws::Config::"
    else:
        texts = FFI.glob("*.rs")
        found, prefix = SETTER_IN_C, "oxws_config_"
    names = found.findall("\n".join(text.read_text() for text in texts))
    return {name: prefix + name for name in names}


def main():
    path = Path(sys.argv[1])
    SETTERS.update(setters(path))
    text = path.read_text()
    if path.name == "oxws.h":
        text = header(text)
    elif path.suffix == ".hpp":
        text = cxx_header(text)
    elif path.suffix == ".md":
        text = page(text)
    sys.stdout.write(text)


SETTERS = {}

if __name__ == "__main__":
    main()
