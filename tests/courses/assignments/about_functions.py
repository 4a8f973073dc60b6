# subject: programming
# tries: a function's own name, doc, signature and source, and names that are there or not
# %% solution
def area(width: float, height: float = 1.0) -> float:
    ### BEGIN SOLUTION
    """The area of a rectangle."""
    return width * height
    ### END SOLUTION


### BEGIN SOLUTION
total = lambda values: sum(values)


### END SOLUTION
# %% wrong
def area(width, height):
    result = width + height
    return result


# %% test 1
assert area.__name__ == "area"
# %% test 1
assert area.__doc__ and "area" in area.__doc__.lower()
# %% test 2
import inspect

parameters = inspect.signature(area).parameters
assert list(parameters) == ["width", "height"]
assert parameters["height"].default == 1.0
# %% test 1
assert "return" in inspect.getsource(area)
assert "+" not in inspect.getsource(area)
# %% test 1
assert "total" in globals() and callable(total)
assert total([1, 2]) == 3
# %% test 1
area.__annotations__["width"] is float
assert area(2, 3) == 6
