"""Reads a project without running it: syntax, imports, rules, public interface, tests. Input and output are JSON."""
import ast
import json
import sys

BANNED_MODULES = {
    "subprocess": "starts processes", "multiprocessing": "starts processes", "pty": "starts processes", "socket": "uses the network", "socketserver": "uses the network",
    "http": "uses the network", "urllib.request": "uses the network", "ftplib": "uses the network", "smtplib": "uses the network", "imaplib": "uses the network",
    "poplib": "uses the network", "xmlrpc": "uses the network", "ssl": "uses the network", "asyncio.subprocess": "starts processes", "ctypes": "calls native code",
    "mmap": "touches memory", "importlib": "loads modules by name", "runpy": "loads modules by name", "inspect": "looks at its callers", "gc": "looks at the process",
    "resource": "changes its limits", "unittest": "knows that it is tested", "pytest": "knows that it is tested", "sysconfig": "looks at who runs it",
}
BANNED_CALLS = {
    "os.system": "starts processes", "os.popen": "starts processes", "os.fork": "starts processes", "os._exit": "ends the process", "os.kill": "ends processes",
    "os.abort": "ends the process", "os.environ": "reads the environment", "os.getenv": "reads the environment", "os.dup2": "takes the runner's output",
    "sys._getframe": "looks at its callers", "sys.settrace": "looks at the process", "sys.setprofile": "looks at the process", "sys.modules": "looks at the process",
    "sys.__stdout__": "takes the runner's output", "eval": "makes code at run time", "exec": "makes code at run time", "compile": "makes code at run time", "__import__": "loads modules by name",
}
TESTS_MAY = {"unittest", "subprocess", "importlib", "inspect"}


def dotted(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        start = dotted(node.value)
        return None if start is None else start + "." + node.attr
    return None


def module_of(path):
    return path[:-3].replace("/", ".").removesuffix(".__init__")


def signature(function):
    return ", ".join(argument.arg for argument in function.args.posonlyargs + function.args.args + function.args.kwonlyargs if argument.arg not in ("self", "cls"))


def top_names(tree):
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
    return names


def check(order):
    found = {"errors": [], "missing": [], "unresolved": [], "banned": [], "api": [], "tests": []}
    files = order["files"]
    trees = {}
    for path, text in files.items():
        try:
            trees[path] = ast.parse(text, path)
        except (SyntaxError, ValueError) as error:
            found["errors"].append([path, getattr(error, "lineno", None) or 1, str(getattr(error, "msg", error))])
    own = {module_of(path): path for path in files}
    packages = {".".join(name.split(".")[:n]) for name in own for n in range(1, name.count(".") + 1)}
    for path, tree in trees.items():
        is_test = path.startswith("tests/")
        here = module_of(path).rpartition(".")[0]
        for node in ast.walk(tree):
            line = getattr(node, "lineno", 1)
            imported = []
            if isinstance(node, ast.Import):
                imported = [(alias.name, None) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    parent = here.split(".")[: len(here.split(".")) - node.level + 1]
                    base = ".".join(parent + ([base] if base else []))
                imported = [(base, alias.name) for alias in node.names]
            for name, member in imported:
                if name in own:
                    if member and member != "*" and own[name] in trees and member not in top_names(trees[own[name]]) and name + "." + member not in own:
                        found["unresolved"].append([path, line, f"{name} has no {member}."])
                elif name in packages:
                    if member and name + "." + member not in own and name + "." + member not in packages:
                        found["unresolved"].append([path, line, f"{name} has no {member}."])
                elif name.split(".")[0] in ("src", "tests"):
                    found["unresolved"].append([path, line, f"There is no module {name}."])
                elif name.split(".")[0] not in sys.stdlib_module_names:
                    found["missing"].append(name.split(".")[0])
                for banned, why in BANNED_MODULES.items():
                    full = name if member is None else name + "." + member
                    if (name == banned or full == banned or name.startswith(banned + ".")) and not (is_test and banned in TESTS_MAY):
                        found["banned"].append([path, line, f"{banned} {why}, which is not allowed here."])
                        break
            if isinstance(node, (ast.Name, ast.Attribute)) and not is_test:
                name = dotted(node)
                if name in BANNED_CALLS or (name and name.startswith(("os.exec", "os.spawn", "os.posix_spawn"))):
                    found["banned"].append([path, line, f"{name} {BANNED_CALLS.get(name, 'starts processes')}, which is not allowed here."])
            if isinstance(node, ast.Call) and dotted(node.func) in ("open", "io.open", "pathlib.Path", "Path") and node.args and not is_test:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str) and (first.value.startswith("/") or ".." in first.value):
                    found["banned"].append([path, line, f"The path {first.value} leads out of the program's own folder."])
        if is_test:
            for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
                for method in (node for node in cls.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test")):
                    decorators = [dotted(d.func if isinstance(d, ast.Call) else d) or "" for d in method.decorator_list + cls.decorator_list]
                    calls = [dotted(node.func) or "" for node in ast.walk(method) if isinstance(node, ast.Call)]
                    off = any("skip" in d.lower() or "expectedFailure" in d for d in decorators) or any("skip" in c.lower() for c in calls)
                    asserts = sum(1 for c in calls if ".assert" in c) + sum(1 for node in ast.walk(method) if isinstance(node, ast.Assert))
                    found["tests"].append([path, method.lineno, f"{module_of(path)}.{cls.name}.{method.name}", off, asserts])
        else:
            name = module_of(path)
            for node in tree.body:
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
                    found["api"].append(f"{name}.{node.name}({signature(node)})")
                elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found["api"].append(f"class {name}.{node.name}")
                    found["api"].extend(f"{name}.{node.name}.{one.name}({signature(one)})" for one in node.body
                                        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)) and not one.name.startswith("_"))
    return found


json.dump(check(json.load(sys.stdin)), sys.stdout)
