# subject: tables
# tries: figures that one call draws and the next one looks at
# %% given
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
# %% solution
### BEGIN SOLUTION
def plot_sine(n=50):
    x = np.linspace(0, 2 * np.pi, n)
    fig, ax = plt.subplots()
    ax.plot(x, np.sin(x), "r--", label="sin")
    ax.plot(x, np.cos(x), label="cos")
    ax.set_xlabel("x")
    ax.set_ylabel("y")
    ax.set_title("Waves")
    ax.legend()
    ax.set_xlim(0, 6)
    ax.grid(True)
    return ax

def bars(counts):
    fig, ax = plt.subplots(figsize=(6, 4))
    ax.bar(list(counts), list(counts.values()))
    ax.set_xticks(range(len(counts)))
    ax.set_xticklabels(list(counts), rotation=45)
    return fig

def grid():
    fig, axs = plt.subplots(2, 2, sharex=True)
    for k, ax in enumerate(axs.flat):
        ax.set_title(f"n={k}")
    return fig, axs

def hist(data):
    return plt.hist(data, bins=5)

def scatter(x, y):
    plt.figure()
    plt.scatter(x, y, c="b")
    plt.title("points")

def draw(df, ax=None):
    return df.plot(x="t", y="v", ax=ax)
### END SOLUTION
# %% right
def plot_sine(n=50):
    plt.figure()
    x = np.arange(n) * 2 * np.pi / (n - 1)
    plt.plot(x, np.sin(x), color="red", linestyle="--", label="sin")
    plt.plot(x, np.cos(x), label="cos")
    plt.xlabel("x"); plt.ylabel("y"); plt.title("Waves")
    plt.legend(loc="best")
    plt.axis([0, 6, -1, 1])
    plt.grid()
    return plt.gca()
def bars(counts):
    f = plt.figure(figsize=[6, 4])
    plt.bar(range(len(counts)), counts.values(), tick_label=[str(k) for k in counts])
    return f
def grid():
    fig = plt.figure()
    axs = fig.subplots(2, 2, sharex="all")
    n = 0
    for row in axs:
        for a in row:
            a.set(title="n=%d" % n)
            n += 1
    return fig, axs
def hist(data):
    fig, ax = plt.subplots()
    return ax.hist(data, 5)
def scatter(x, y):
    fig, ax = plt.subplots()
    ax.scatter(x, y)
    ax.set_title("points")
def draw(df, ax=None):
    return df.plot.line("t", "v", ax=ax)
# %% wrong
def plot_sine(n=50):
    fig, ax = plt.subplots()
    ax.plot([0, 1], [0, 1])
    return ax
def bars(counts):
    fig, ax = plt.subplots()
    ax.bar([1], [2])
    return fig
def grid():
    return plt.subplots(1, 2)
def hist(data):
    return plt.hist(data, bins=10)
def scatter(x, y):
    plt.figure()
    plt.plot(x, y)
def draw(df, ax=None):
    return df.plot()
# %% test 2
ax = plot_sine()
assert ax.get_title() == "Waves"
assert ax.get_xlabel() == "x" and ax.get_ylabel() == "y"
lines = ax.get_lines()
assert len(lines) == 2
assert lines[0].get_linestyle() == "--"
assert lines[0].get_color() in ("r", "red")
assert np.allclose(lines[0].get_ydata(), np.sin(lines[0].get_xdata()))
assert len(lines[1].get_xdata()) == 50
# %% test 1
ax = plot_sine(10)
assert [t.get_text() for t in ax.get_legend().get_texts()] == ["sin", "cos"]
assert ax.get_xlim() == (0, 6)
assert ax.legend_ is not None
handles, labels = ax.get_legend_handles_labels()
assert labels == ["sin", "cos"]
# %% test 1
fig = bars({"a": 3, "b": 5})
assert isinstance(fig, plt.Figure)
assert tuple(fig.get_size_inches()) == (6, 4)
ax = fig.axes[0]
assert [p.get_height() for p in ax.patches] == [3, 5]
assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b"]
# %% test 1
fig, axs = grid()
assert axs.shape == (2, 2)
assert len(fig.axes) == 4
assert axs[1, 0].get_title() == "n=2"
assert [a.get_title() for a in axs.flatten()] == ["n=0", "n=1", "n=2", "n=3"]
# %% test 1
n, bins, patches = hist([1, 2, 2, 3, 5, 6])
assert n.sum() == 6 and len(bins) == 6
assert len(patches) == 5
# %% test 1
plt.close("all")
scatter([1, 2], [3, 4])
ax = plt.gca()
assert ax.get_title() == "points"
offsets = ax.collections[0].get_offsets()
assert np.allclose(offsets, [[1, 3], [2, 4]])
# %% test 1
import matplotlib
fig, ax = plt.subplots()
out = draw(pd.DataFrame({"t": [1, 2, 3], "v": [4, 5, 6]}), ax)
assert isinstance(out, matplotlib.axes.Axes)
assert out is ax
assert list(ax.lines[0].get_ydata()) == [4, 5, 6]
# %% test 1
from unittest.mock import patch
with patch("matplotlib.pyplot.scatter") as sc:
    try:
        scatter([1], [2])
    except Exception:
        pass
plt.close("all")
