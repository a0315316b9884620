#!/usr/bin/env python3
"""Reads the C header and says what it declares.

usage: names.py functions HEADER    the functions, one a line
       names.py constants HEADER    the enumerators and the macros with a value, one a line
       names.py foreign HEADER      the names that do not begin with oxws_ or OXWS_, one a line
       names.py values HEADER       a C program that prints each constant with its value
       names.py program HEADER      a C and C++ program that uses each constant and function
"""

import os
import re
import subprocess
import sys

# They change with every release, so they are no part of the binary interface.
RELEASE = {
    "OXWS_LIBRARY_VERSION_MAJOR",
    "OXWS_LIBRARY_VERSION_MINOR",
    "OXWS_LIBRARY_VERSION_PATCH",
    "OXWS_LIBRARY_VERSION_NUMBER",
    "OXWS_LIBRARY_VERSION",
}

NUMBER = "number"
STRING = "string"


def preprocess(header):
    """The declarations and the macros of this one header, without comments, conditions resolved."""
    command = [os.environ.get("CC", "cc"), "-E", "-dD", header]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    declarations, macros, inside = [], [], False
    for line in output.splitlines():
        marker = re.match(r'# \d+ "(.*?)"', line)
        if marker:
            inside = marker[1] == header
        elif inside and line.startswith("#define "):
            macros.append(line)
        elif inside and not line.startswith("#"):
            declarations.append(line)
    return "\n".join(declarations), macros


def enumerators(declarations):
    bodies = re.findall(r"\benum\b[^{};()]*\{([^}]*)\}", declarations)
    return [name for body in bodies for name in re.findall(r"(?:^|,)\s*(\w+)", body)]


def functions(header):
    declarations, _ = preprocess(header)
    return sorted(set(re.findall(r"\b(oxws_[a-z0-9_]+)\s*\(", declarations)))


def foreign(header):
    declarations, macros = preprocess(header)
    names = enumerators(declarations)
    names += [re.match(r"#define (\w+)", macro)[1] for macro in macros]
    names += re.findall(r"\b(?:enum|struct|union)\s+(\w+)", declarations)
    names += re.findall(r"\btypedef\b[^;{]*?(\w+)\s*;", declarations)
    names += re.findall(r"\(\*(\w+)\)\s*\([^;]*;", declarations)
    names += re.findall(r"^[\w\s*]*?(\w+)\s*\((?!\*)[^;]*;", declarations, re.MULTILINE)
    return sorted({name for name in names if not re.match(r"oxws_|OXWS_", name)})


def constants(header):
    """Pairs of a name and NUMBER or STRING."""
    declarations, macros = preprocess(header)
    found = {name: NUMBER for name in enumerators(declarations)}
    for macro in macros:
        # Not the guard, which has no value.
        match = re.match(r"#define (\w+) (.+)", macro)
        if match:
            found[match[1]] = STRING if match[2].startswith('"') else NUMBER
    return sorted(found.items())


def values_program(header):
    print(
        """#include <oxws.h>
#include <stdio.h>

static void number(const char *name, int negative, unsigned long long bits) {
    if (negative) printf("%s %lld\\n", name, (long long)bits);
    else printf("%s %llu\\n", name, bits);
}

int main(void) {"""
    )
    for name, kind in constants(header):
        if name in RELEASE:
            continue
        if kind is STRING:
            print(f'    printf("%s \\"%s\\"\\n", "{name}", {name});')
        else:
            print(f'    number("{name}", ({name}) < 0, (unsigned long long)({name}));')
    print("    return 0;\n}")


def using_program(header):
    print("#include <oxws.h>\n#include <stdio.h>\n\ntypedef void (*function)(void);\n")
    print("static const function functions[] = {")
    for name in functions(header):
        print(f"    (function)&{name},")
    print("};\n\nstatic const char *const strings[] = {")
    for name, kind in constants(header):
        if kind is STRING:
            print(f"    {name},")
    print("    \"\",\n};\n\nstatic const long long numbers[] = {")
    for name, kind in constants(header):
        if kind is NUMBER:
            print(f"    (long long)({name}),")
    print(
        """};

int main(void) {
    size_t index;
    for (index = 0; index < sizeof functions / sizeof functions[0]; index++) {
        if (!functions[index]) return 1;
    }
    for (index = 0; index < sizeof strings / sizeof strings[0]; index++) {
        if (!strings[index]) return 1;
    }
    for (index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
        if (printf("%lld\\n", numbers[index]) < 0) return 1;
    }
    return 0;
}"""
    )


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    what, header = sys.argv[1:]
    if what == "functions":
        print("\n".join(functions(header)))
    elif what == "constants":
        print("\n".join(name for name, _ in constants(header)))
    elif what == "foreign":
        print("\n".join(foreign(header)))
    elif what == "values":
        values_program(header)
    elif what == "program":
        using_program(header)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
