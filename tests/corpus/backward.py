"""Answers to `batch_norm_backward`: 14 wrong ones, with what a fair teacher would say, and 5 right ones.

Each is a whole body, as students write it: step by step back through the graph, or a formula that they know from a
course. The verdicts were written from the exercise's text before any answer was judged. A finding is the step, and
the name of the mistake in mistakes.py; "values" or "shape" where no author foresaw it.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

STAGED = """
axes = tuple(range(x.ndim - 1))
N = x.size / x.shape[-1]
mu = x.mean(axis=axes)
var = ((x - mu) ** 2).mean(axis=axes)
root = (var + epsilon) ** 0.5
xhat = (x - mu) / root
dbeta = dout.sum(axis=axes)
dgamma = (dout * xhat).sum(axis=axes)
dxhat = dout * gamma
dvar = (dxhat * (x - mu)).sum(axis=axes) * -0.5 * (var + epsilon) ** -1.5
dmu = (-dxhat / root).sum(axis=axes)
dx = dxhat / root + dvar * 2 * (x - mu) / N + dmu / N
return dx, dgamma, dbeta
"""

FORMULA = """
*others, channels = x.shape
axes = tuple(range(len(others)))
N = int(np.prod(others))
mu, var = x.mean(axis=axes), x.var(axis=axes)
xhat = (x - mu) / np.sqrt(var + epsilon)
dbeta = np.sum(dout, axis=axes)
dgamma = np.sum(dout * xhat, axis=axes)
dx = gamma / N / np.sqrt(var + epsilon) * (N * dout - dbeta - xhat * dgamma)
return dx, dgamma, dbeta
"""

TABLE = """
flat, given = x.reshape(-1, x.shape[-1]), dout.reshape(-1, x.shape[-1])
N = len(flat)
centred = flat - flat.mean(0)
inverse = 1 / np.sqrt((centred**2).mean(0) + epsilon)
xhat = centred * inverse
h = gamma * given
dx = inverse * (h - h.mean(0) - xhat * (h * xhat).mean(0))
return dx.reshape(x.shape), (given * xhat).sum(0), given.sum(0)
"""


@dataclass(frozen=True)
class Answer:
    """A body of the function, with changes, and the (step, mistake) pairs of its findings: none of a right answer."""

    title: str
    body: str
    changes: tuple[tuple[str, str], ...] = ()
    findings: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        body = self.body
        for old, new in self.changes:
            assert body.count(old) == 1, (self.title, old)
            body = body.replace(old, new)
        return "def batch_norm_backward(dout, x, gamma, epsilon):\n" + textwrap.indent(body.strip(), "    ") + "\n"


ANSWERS = (
    Answer(
        "neither path through the statistics",
        STAGED,
        ((" + dvar * 2 * (x - mu) / N + dmu / N", ""),),
        (("x", "mean and variance taken as constants"),),
    ),
    Answer(
        "the path through the mean is forgotten", STAGED, ((" + dmu / N", ""),), (("x", "mean taken as a constant"),)
    ),
    Answer(
        "the path through the variance is forgotten",
        STAGED,
        ((" + dvar * 2 * (x - mu) / N", ""),),
        (("x", "variance taken as a constant"),),
    ),
    Answer(
        "neither sum is divided by N",
        STAGED,
        (("(x - mu) / N + dmu / N", "(x - mu) + dmu"),),
        (("x", "sums not divided by N"),),
    ),
    Answer(
        "means of means",
        STAGED,
        (
            ("(dxhat * (x - mu)).sum(axis=axes)", "(dxhat * (x - mu)).mean(axis=axes)"),
            ("(-dxhat / root).sum(axis=axes)", "(-dxhat / root).mean(axis=axes)"),
        ),
        (("x", "sums divided by N twice"),),
    ),
    Answer(
        "the formula's N before dout is lost",
        FORMULA,
        (("(N * dout - ", "(dout - "),),
        (("x", "dout not multiplied by N"),),
    ),
    Answer(
        "N counts pictures", FORMULA, (("int(np.prod(others))", "len(x)"),), (("x", "N counts the examples alone"),)
    ),
    Answer(
        "gamma's gradient with x itself",
        FORMULA,
        (
            ("dgamma = np.sum(dout * xhat", "dgamma = np.sum(dout * x"),
            ("xhat * dgamma", "xhat * np.sum(dout * xhat, axis=axes)"),
        ),
        (("gamma", "x in place of normalized x"),),
    ),
    Answer(
        "gamma's gradient with x itself, used again",
        FORMULA,
        (("dgamma = np.sum(dout * xhat", "dgamma = np.sum(dout * x"),),
        (("gamma", "x in place of normalized x"), ("x", "values")),
    ),
    Answer(
        "no epsilon", TABLE, (("(centred**2).mean(0) + epsilon", "(centred**2).mean(0)"),), (("x", "epsilon left out"),)
    ),
    Answer(
        "gamma is forgotten on the way to x", TABLE, (("h = gamma * given", "h = given"),), (("x", "gamma left out"),)
    ),
    Answer(
        "the last term is added",
        FORMULA,
        (("- xhat * dgamma", "+ xhat * dgamma"),),
        (("x", "sign of the variance's part"),),
    ),
    Answer(
        "two slips in two outputs",
        TABLE,
        ((", given.sum(0)", ", given.mean(0)"), ("h - h.mean(0) - xhat", "h - xhat")),
        (("beta", "mean of dout"), ("x", "mean taken as a constant")),
    ),
    Answer(
        "columns of one number", TABLE, ((", given.sum(0)", ", given.sum(0, keepdims=True)"),), (("beta", "shape"),)
    ),
    Answer("step by step back through the graph", STAGED),
    Answer("the formula of a course", FORMULA),
    Answer("as a table", TABLE),
    Answer(
        "with the small part of the mean in the variance",
        STAGED,
        (
            (
                "(-dxhat / root).sum(axis=axes)",
                "(-dxhat / root).sum(axis=axes) + dvar * (-2 * (x - mu)).mean(axis=axes)",
            ),
        ),
    ),
    Answer(
        "with einsum",
        TABLE,
        (
            ("(h * xhat).mean(0)", 'np.einsum("nc,nc->c", h, xhat) / N'),
            ("(given * xhat).sum(0)", 'np.einsum("nc,nc->c", given, xhat)'),
        ),
    ),
)
