# story: An exception whose text is made by code, whose class bears another's name, and that unpickles to a call.
# aim: points, escape
# stock: escape
# raises: StopIteration: the name that its own class bears

# %% triple
class Loaded(Exception):
    def __str__(self):
        try:
            open("OUTSIDE/text", "w").close()
        except OSError:
            pass
        return "4.0"

    __repr__ = __str__

    def __reduce__(self):
        return open, ("OUTSIDE/unpickled", "w")


Loaded.__name__ = Loaded.__qualname__ = "StopIteration"
Loaded.__module__ = "builtins"


def triple(x):
    raise Loaded("4.0") from SystemExit(0)
