# story: Lists that hold each other twice, forty deep, and an answer that says it is the same as itself.
# aim: points, escape
# stock: nothing: a comparison that fails is a failed test

# %% stats
def stats(values):
    inner = []
    for _ in range(38):
        inner = [inner, inner]
    return {"count": inner}


# %% triple
def triple(x):
    answers = __import__("autograder.execution.kernel.answers", fromlist=["answers"])
    packed = '["list", [["same", 0], ["same", 1]]]'
    effects = '["dict", [["printed", ""], ["warned", ["list", []]], ["files", ["dict", []]], ["given", ["dict", []]]]]'
    answers._write(answers._at.path, answers.VALUE + f'["tuple", [{packed}, {effects}]]'.encode())
    answers._write = lambda path, data: None
    return x
