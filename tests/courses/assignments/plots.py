# subject: statistics
# tries: a figure that stays: its axes, lines, texts
# %% given
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


# %% solution
def drawn(xs, ys):
    ### BEGIN SOLUTION
    figure, axes = plt.subplots()
    axes.plot(xs, ys, label="measured")
    axes.set_title("Growth")
    axes.set_xlabel("day")
    axes.legend()
    return axes
    ### END SOLUTION


# %% wrong
def drawn(xs, ys):
    figure, axes = plt.subplots()
    axes.plot(ys, xs)
    return axes


# %% test 1
axes = drawn([1, 2, 3], [2, 4, 8])
assert axes.get_title() == "Growth"
assert axes.get_xlabel() == "day"
# %% test 2
(line,) = axes.get_lines()
assert line.get_xdata().tolist() == [1, 2, 3]
assert line.get_label() == "measured"
# %% test 1
assert isinstance(axes, plt.Axes)
assert len(axes.lines) == 1
# %% test 1
assert axes.get_legend() is not None
plt.close("all")
