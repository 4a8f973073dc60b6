# story: The function writes modules and pickles beside the test, under the names of what the test imports and reads.
# aim: points, escape
# stock: nothing: the test has imported all of it before

# %% stats
def stats(values):
    import io
    import pickle

    class Act:
        def __reduce__(self):
            return io.open, ("OUTSIDE/unpickled", "w")

    for name in ("statistics.py", "json.py", "hashlib.py", "sitecustomize.py", "__init__.py", "conftest.py", "x.so"):
        with open(name, "w") as file:
            file.write("open('OUTSIDE/imported', 'w')\n")
    for name in ("expected.pkl", "expected.txt"):
        with open(name, "wb") as file:
            pickle.dump(Act(), file)
    return {}
