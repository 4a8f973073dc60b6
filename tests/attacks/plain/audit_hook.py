# story: An audit hook and a profile function see every source that is compiled.
# aim: secret
# stock: secret

# %% first
import sys

seen = []


def hook(event, arguments):
    if event in ("compile", "exec"):
        seen.append(repr(arguments)[:4000])
        if event == "exec":
            seen.append(repr(arguments[0].co_consts)[:4000])


sys.addaudithook(hook)

# %% last
print("\n".join(list(seen)))
