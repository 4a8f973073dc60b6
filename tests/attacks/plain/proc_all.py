# story: /proc of every process that can be seen, for a secret in an environment.
# aim: secret
# stock: secret
# process: yes

# %% last
from pathlib import Path

for proc in Path("/proc").glob("[0-9]*"):
    for name in ("environ", "cmdline", f"root{known.outside}/secret.txt", f"cwd{known.outside}/secret.txt"):
        try:
            data = (proc / name).read_bytes()
        except OSError:
            continue
        if b"SENTINEL=" in data or b"ATTACKS_TOKEN=" in data or b"outside-" in data:
            print(str(data)[:20_000])
