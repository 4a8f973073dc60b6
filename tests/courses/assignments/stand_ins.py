# subject: testing
# tries: mocks and other stand-ins of the test's, files of the student's cells and of temporary places, figures
# %% given
import os
import tempfile
import time
from dataclasses import dataclass

import matplotlib.pyplot as plt


# %% solution
### BEGIN SOLUTION
def patient(seconds):
    time.sleep(seconds)
    return "awake"


def sound_of(animal, times):
    return " ".join(animal.sound() for _ in range(times))


def total(path):
    with open(path) as file:
        return sum(int(line) for line in file)


def remembered(function):
    import functools

    kept = {}

    @functools.wraps(function)
    def inner(x):
        if x not in kept:
            kept[x] = function(x)
        return kept[x]

    return inner


@dataclass
class Place:
    name: str
    height: int = 0


with open("places.tsv", "w") as file:
    file.write("name\theight\nHill\t300\n")
plt.plot([0, 1], [0, 1], "g--")
### END SOLUTION
axes = plt.gca()
plt.show()


# %% wrong
def patient(seconds):
    return "awake"


def sound_of(animal, times):
    return animal.sound()


def total(path):
    return 0


def remembered(function):
    return lambda x: function(x)


@dataclass
class Place:
    name: str


plt.plot([0, 1], [0, 1], "r-")
axes = plt.gca()
plt.show()
# %% test 1
from unittest.mock import MagicMock, patch

with patch("time.sleep") as sleep:
    assert patient(600) == "awake"
sleep.assert_called_once_with(600)
# %% test 1
slept = []
time.sleep = slept.append
patient(400)
assert slept == [400]
# %% test 1
cow = MagicMock()
cow.sound.return_value = "moo"
assert sound_of(cow, 2) == "moo moo"


class Goat:
    def sound(self):
        return "bleat"


assert sound_of(Goat(), 2) == "bleat bleat"
# %% test 1
folder = tempfile.mkdtemp()
with tempfile.NamedTemporaryFile("w", delete=False) as file:
    file.write("4\n5\n")
assert total(file.name) == 9
with open(os.path.join(folder, "more.txt"), "w") as file:
    file.write("1\n")
assert total(os.path.join(folder, "more.txt")) == 1
# %% test 1
calls = []


@remembered
def slow(x):
    """Slowly double."""
    calls.append(x)
    return 2 * x


assert [slow(2), slow(2)] == [4, 4] and calls == [2]
assert slow.__name__ == "slow" and slow.__doc__ == "Slowly double."
# %% test 1
import dataclasses

assert dataclasses.asdict(Place("Hill")) == {"name": "Hill", "height": 0}
# %% test 1
assert open("places.tsv").read().splitlines()[1] == "Hill\t300"
# %% test 1
import matplotlib

(line,) = axes.get_lines()
assert isinstance(line, matplotlib.lines.Line2D) and line.get_color() == "g"
# %% solution
def mark(axes, x):
    ### BEGIN SOLUTION
    axes.axvline(x, color="red")
    axes.set_title(f"at {x}")
    ### END SOLUTION


# %% wrong
def mark(axes, x):
    axes.set_title(f"at {x}")


# %% test 1
figure, drawn_on = plt.subplots()
mark(drawn_on, 3)
assert drawn_on.get_title() == "at 3"
assert len(drawn_on.lines) == 1 and drawn_on.lines[0].get_color() == "red"
# %% solution
### BEGIN SOLUTION
plt.scatter([1, 2], [3, 4])
### END SOLUTION
axes = plt.gca()
# %% wrong
plt.plot([1, 2], [3, 4])
axes = plt.gca()
# %% test 1
assert len(axes.get_lines()) == 0 and len(axes.collections) == 1
