# subject: programming
# tries: what is one object under two names, and names that a call changes while a test runs
# %% solution
### BEGIN SOLUTION
import random

import numpy as np

queue = ["Ann"]
same_queue = queue
copied_queue = list(queue)
weights = np.array([0.5, 1.5])
record = ["scale", weights]
served = 0


def serve():
    """Take the next one from the queue."""
    global served
    served += 1
    return queue.pop(0) if queue else None


def board(rows, columns):
    return [["."] * columns for _ in range(rows)]


def draw():
    return random.randint(1, 1000)


### END SOLUTION
# %% wrong
queue = ["Ann"]
same_queue = list(queue)
copied_queue = queue
import numpy as np

weights = np.array([0.5, 1.5])
record = ["scale", weights.copy()]
served = 0


def serve():
    return queue.pop() if queue else None


def board(rows, columns):
    return [["."] * columns] * rows


def draw():
    return 7


# %% test 1
assert same_queue is queue and copied_queue is not queue
# %% test 1
assert record == ["scale", weights]
# %% test 2
assert serve() == "Ann"
assert served == 1 and queue == []
### BEGIN HIDDEN TESTS
assert serve() is None
assert served == 2
### END HIDDEN TESTS
# %% test 1
same_queue.append("Bo")
assert queue[-1] == "Bo"
# %% test 1
field = board(2, 3)
field[0][1] = "x"
assert field == [[".", "x", "."], [".", ".", "."]]
# %% test 1
import random

random.seed(4)
first = [draw(), draw()]
random.seed(4)
assert [draw(), draw()] == first and first[0] != first[1]
