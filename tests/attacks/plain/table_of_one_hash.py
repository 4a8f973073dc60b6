# story: An answer written by hand: tables, counters and indexes whose members have one hash, or more rows than there is room for.
# aim: escape
# stock: nothing: stock nbgrader reads no answers

# %% triple
def triple(x):
    answers = __import__("autograder.execution.kernel.answers", fromlist=["answers"])
    keys = ", ".join(f'[["int", "{(2**61 - 1) * i}"], ["int", "1"]]' for i in range(100_000))
    rows = '["tuple", ["range", ["int", "0"], ["int", "1000000000000"], ["int", "1"], null]]'
    made = (
        f'["made", "Counter", ["dict", [{keys}]]]',
        f'["made", "DataFrame", ["tuple", [{rows}, {rows}, ["list", []]]]]',
        '["made", "Fraction", ["tuple", ["1e999999999"]]]',
        '["made", "bytearray", ["int", "1000000000000"]]',
    )
    effects = '["dict", [["printed", ""], ["warned", ["list", []]], ["files", ["dict", []]], ["given", ["dict", []]]]]'
    genuine = answers._write

    def write(path, data, asked=[]):
        asked.append(path)
        genuine(path, f'value\n["tuple", [{made[len(asked) % len(made)]}, {effects}]]'.encode())

    answers._write = write
    return x
