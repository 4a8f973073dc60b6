# story: A thread puts links, pipes, folders and forged answers wherever the kernel is about to answer.
# aim: points, secret, escape
# stock: nothing: there are no answers in files
# base: no_shortcut

# %% before test_identity_block

import sys


def everywhere(name, value):
    """Under that name in all of the package's modules, in this kernel."""
    import autograder.evidence.collect
    import autograder.student.notebook_api
    import autograder.execution.kernel.answers

    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("autograder.") and hasattr(module, name):
            setattr(module, name, value)


import os
import threading
import time
from pathlib import Path

from autograder.evidence.graphs.collect_graph import canary
from autograder.base.course import find_course
from autograder.evidence.evidence import Evidence, to_json
from autograder.references.references import load

one = load(find_course().public_references()[0]).references["identity_block"][0]


def forged(name):
    return to_json(Evidence("identity_block", name, one.graph_text, one.weights, one.outputs, canary(), None))


def race():
    tricks = ("link", "link to references", "pipe", "folder", "forged", "value", "huge")
    folders = [Path(path) for path in (".", "..", "../run", "/tmp") if os.path.isdir(path)]
    for round in range(600):
        time.sleep(0.01)
        for folder in folders:
            for target in [found for names in ("answer-*", ".*.part", "*.request", "*.json") for found in folder.glob(names)]:
                trick = tricks[hash(target.name) % len(tricks)]
                try:
                    target.unlink(missing_ok=True)
                    if trick == "link":
                        target.symlink_to("OUTSIDE/secret.txt")
                    elif trick == "link to references":
                        target.symlink_to(known.course + "/data/references/resnet/hidden.h5")
                    elif trick == "pipe":
                        os.mkfifo(target)
                    elif trick == "folder":
                        target.mkdir()
                    elif trick == "forged":
                        target.write_bytes(forged(f"hidden-{round % 6 + 1}"))
                    elif trick == "value":
                        target.write_bytes(b"value\n" + b'["float", "0x1.4p3"]')
                    else:
                        with open(target, "wb") as file:
                            file.truncate(2**30)
                except OSError:
                    pass


threading.Thread(target=race, daemon=True).start()
