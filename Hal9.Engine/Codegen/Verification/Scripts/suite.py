"""Runs unittest files and reports each test in lines that carry a secret, which is read before any of the project's code."""
import importlib
import os
import re
import sys
import traceback
import unittest


def main():
    secret, *files = sys.stdin.read().split("\n")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    sys.path.insert(0, os.getcwd())
    sys.dont_write_bytecode = True

    def line(kind, *parts):
        text = "\t".join(part.replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "").replace("\n", "\\n") for part in parts)
        out.write(f"{secret} {kind} {text}\n")

    def frames(trace):
        found = [f" in {os.path.relpath(f.filename)}:line {f.lineno}" for f in traceback.extract_tb(trace)]
        return "\n".join(reversed([f for f in found if f.startswith((" in src/", " in tests/"))]))

    class Result(unittest.TestResult):
        def __init__(self):
            super().__init__()
            self.bad = set()

        def startTest(self, test):
            super().startTest(test)
            line("start", "suite", test.id(), test.id())

        def fail(self, test, error):
            name = re.sub(r" .*", "", test.id())
            self.bad.add(name)
            kind, value, trace = error
            line("fail", "suite", name, name, kind.__name__, f"{kind.__name__}: {value}", frames(trace))

        def addError(self, test, err):
            self.fail(test, err)

        def addFailure(self, test, err):
            self.fail(test, err)

        def addSubTest(self, test, subtest, err):
            if err is not None and test.id() not in self.bad:
                self.fail(test, err)

        def addSkip(self, test, reason):
            line("skip", "suite", test.id(), test.id(), reason)

        def addExpectedFailure(self, test, err):
            line("skip", "suite", test.id(), test.id(), "expected to fail")

        def addUnexpectedSuccess(self, test):
            line("skip", "suite", test.id(), test.id(), "expected to fail")

        def stopTest(self, test):
            if test.id() in self.bad:
                return
            super().stopTest(test)

        def addSuccess(self, test):
            if test.id() not in self.bad:
                line("pass", "suite", test.id(), test.id())

    line("run", "0")
    suite = unittest.TestSuite()
    for file in filter(None, files):
        try:
            suite.addTests(unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(file[:-3].replace("/", "."))))
        except BaseException as error:
            line("fail", "suite", file, file, type(error).__name__, f"{type(error).__name__}: {error}", frames(error.__traceback__))
    suite.run(Result())
    line("end")
    line("bye")
    out.flush()
    os._exit(0)


main()
